using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Messaging.Tests.Model;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.Messaging.Tests;

/// <summary>State and messages commit together or not at all.</summary>
[Collection(DeadLetterTests.OfFailures)]
public sealed class TransactionTests
{
    public static TheoryData<BackEndKind> BackEnds => [BackEndKind.Embedded, BackEndKind.Distributed];

    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(3);

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task What_a_consumer_writes_and_says_commits_together(BackEndKind kind)
    {
        await using var backEnd = await BackEnd.CreateAsync(kind);
        await using var service = await TestService.StartAsync(backEnd);
        var account = Guid.NewGuid();
        await service.Bus.Publish(new Deposit { Account = account }, TestContext.Current.CancellationToken);
        await TestService.UntilAsync(() => Task.FromResult(service.Heard.Of<Deposited>().Any(d => d.Account == account)), "the deposit was heard of");
        Assert.Equal(1, await service.EntriesAsync(account));
        await TestService.UntilAsync(async () => await service.UnsentAsync() == 0, "the outbox is empty");
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_consumer_that_fails_has_written_and_said_nothing(BackEndKind kind)
    {
        await using var backEnd = await BackEnd.CreateAsync(kind);
        await using var service = await TestService.StartAsync(backEnd);
        var (failed, after) = (Guid.NewGuid(), Guid.NewGuid());
        await service.Bus.Publish(new Deposit { Account = failed, Fails = true }, TestContext.Current.CancellationToken);
        await service.Bus.Publish(new Deposit { Account = after }, TestContext.Current.CancellationToken);
        await TestService.UntilAsync(() => Task.FromResult(service.Heard.Of<Deposited>().Any(d => d.Account == after)), "the later deposit was heard of");
        await Task.Delay(Settle, TestContext.Current.CancellationToken);
        Assert.Equal(0, await service.EntriesAsync(failed));
        Assert.DoesNotContain(service.Heard.Of<Deposited>(), d => d.Account == failed);
        Assert.Equal(0, await service.UnsentAsync());
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task A_message_that_comes_again_changes_nothing(BackEndKind kind)
    {
        await using var backEnd = await BackEnd.CreateAsync(kind);
        await using var service = await TestService.StartAsync(backEnd);
        var (account, messageId) = (Guid.NewGuid(), NewId.NextGuid());
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => service.Bus.Publish(new Deposit { Account = account }, c => c.MessageId = messageId)));
        await TestService.UntilAsync(() => Task.FromResult(service.Heard.Of<Deposited>().Any()), "the deposit was heard of");
        await Task.Delay(Settle, TestContext.Current.CancellationToken);
        Assert.Equal(1, await service.EntriesAsync(account));
        Assert.Single(service.Heard.Of<Deposited>());
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task Messages_that_race_for_one_saga_all_count_and_each_result_is_said_once(BackEndKind kind)
    {
        const int messages = 60;
        await using var backEnd = await BackEnd.CreateAsync(kind);
        await using var service = await TestService.StartAsync(backEnd);
        var counter = Guid.NewGuid();
        await Task.WhenAll(Enumerable.Range(0, messages).Select(_ => service.Bus.Publish(new Counted { Counter = counter })));
        await TestService.UntilAsync(() => Task.FromResult(service.Heard.Of<CountChanged>().Count() >= messages), "all were counted");
        Assert.Equal(Enumerable.Range(1, messages), service.Heard.Of<CountChanged>().Select(c => c.Count).Order());
        Assert.Equal(messages, await service.WithDatabaseAsync((db, _) => db.Counters.Where(c => c.CorrelationId == counter).Select(c => c.Count).SingleAsync()));
    }

    [Theory]
    [MemberData(nameof(BackEnds))]
    public async Task Outside_consumers_too_nothing_leaves_without_a_commit_and_everything_with_it(BackEndKind kind)
    {
        await using var backEnd = await BackEnd.CreateAsync(kind);
        await using var service = await TestService.StartAsync(backEnd);
        var (rolledBack, committed) = (Guid.NewGuid(), Guid.NewGuid());
        foreach (var account in new[] { rolledBack, committed })
        {
            await service.WithDatabaseAsync(async (db, outbox) =>
            {
                await using var transaction = await db.BeginWriteAsync();
                db.Entries.Add(new Entry { Account = account });
                await outbox.Publish(new Deposited { Account = account });
                await db.SaveChangesAsync();
                if (account == committed)
                    await transaction.CommitAsync(CancellationToken.None);
                return 0;
            });
        }

        await TestService.UntilAsync(() => Task.FromResult(service.Heard.Of<Deposited>().Any(d => d.Account == committed)), "the committed message was heard");
        await Task.Delay(Settle, TestContext.Current.CancellationToken);
        Assert.Equal((0, 1), (await service.EntriesAsync(rolledBack), await service.EntriesAsync(committed)));
        Assert.Equal(committed, Assert.Single(service.Heard.Of<Deposited>()).Account);
    }
}
