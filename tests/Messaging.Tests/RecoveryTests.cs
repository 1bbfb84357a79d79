using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Messaging.Tests.Model;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.Messaging.Tests;

/// <summary>What is left of a crash is made good.</summary>
public sealed class RecoveryTests
{
    [Theory]
    [InlineData(BackEndKind.Embedded)]
    [InlineData(BackEndKind.Distributed)]
    public async Task A_message_whose_process_died_between_commit_and_sending_is_swept_up(BackEndKind kind)
    {
        await using var backEnd = await BackEnd.CreateAsync(kind);
        await using var service = await TestService.StartAsync(backEnd);
        var account = Guid.NewGuid();
        await service.WithDatabaseAsync(async (db, outbox) =>
        {
            // A commit that the library does not see is a process that died right after it.
            await using var transaction = await db.Database.BeginTransactionAsync();
            await outbox.Publish(new Deposited { Account = account });
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
            return 0;
        });
        await TestService.UntilAsync(() => Task.FromResult(service.Heard.Of<Deposited>().Any(d => d.Account == account)), "the message was swept up");
        await TestService.UntilAsync(async () => await service.UnsentAsync() == 0, "the outbox is empty");
    }

    [Fact]
    public async Task A_message_that_the_broker_refuses_holds_no_other_up()
    {
        await using var backEnd = await BackEnd.CreateAsync(BackEndKind.Distributed);
        await using var service = await TestService.StartAsync(backEnd);
        var (refused, later) = (Guid.NewGuid(), Guid.NewGuid());
        await service.WithDatabaseAsync(async (db, outbox) =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            await outbox.Publish(new Deposited { Account = refused });
            await db.SaveChangesAsync();
            // Its exchange is there, and of another type: the broker closes the channel.
            await db.Set<OutboxMessage>().ExecuteUpdateAsync(m => m.SetProperty(x => x.Destination, x => x.Destination + "?type=direct"));
            await outbox.Publish(new Deposited { Account = later });
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
            return 0;
        });
        await TestService.UntilAsync(() => Task.FromResult(service.Heard.Of<Deposited>().Any(d => d.Account == later)), "the later message was sent");
        Assert.DoesNotContain(service.Heard.Of<Deposited>(), d => d.Account == refused);
        await TestService.UntilAsync(async () => await service.UnsentAsync() == 1, "the refused message alone is left");
    }

    [Theory]
    [InlineData(BackEndKind.Embedded)]
    [InlineData(BackEndKind.Distributed)]
    public async Task A_message_that_was_in_a_queue_when_the_process_ended_is_handled_by_the_next_once(BackEndKind kind)
    {
        await using var backEnd = await BackEnd.CreateAsync(kind);
        var account = Guid.NewGuid();
        await using (var first = await TestService.StartAsync(backEnd, listens: false))
        {
            await first.WithDatabaseAsync(async (db, outbox) =>
            {
                await using var transaction = await db.BeginWriteAsync();
                await outbox.Publish(new Deposit { Account = account });
                await db.SaveChangesAsync();
                await transaction.CommitAsync(CancellationToken.None);
                return 0;
            });
            await TestService.UntilAsync(async () => await first.EntriesAsync(account) == 1, "the deposit was made");
            // The listener hangs with «Deposited» in its hands, and is not heard of again.
            if (kind == BackEndKind.Distributed)
                await backEnd.Broker!.CutConnectionsAsync();
        }

        await using var second = await TestService.StartAsync(backEnd);
        if (kind == BackEndKind.Embedded)
            await TestService.UntilAsync(() => Task.FromResult(second.Heard.Of<Deposited>().Any(d => d.Account == account)), "the lost message was sent again");
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        Assert.Equal(1, await second.EntriesAsync(account));
    }

    [Fact]
    public async Task A_database_that_is_away_is_waited_for()
    {
        await using var backEnd = await BackEnd.CreateAsync(BackEndKind.Distributed);
        await using var service = await TestService.StartAsync(backEnd);
        var account = Guid.NewGuid();
        await backEnd.Database!.CloseAsync();
        await service.Bus.Publish(new Deposit { Account = account }, TestContext.Current.CancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        Assert.Empty(await backEnd.Broker!.PeekAsync("deposits.dead-letter"));
        await backEnd.Database.OpenAsync();
        await TestService.UntilAsync(() => Task.FromResult(service.Heard.Of<Deposited>().Any(d => d.Account == account)), "the deposit was heard of");
        Assert.Equal(1, await service.EntriesAsync(account));
    }

    [Fact]
    public async Task An_endpoint_that_does_not_notice_that_its_channel_died_gets_a_new_one()
    {
        await using var backEnd = await BackEnd.CreateAsync(BackEndKind.Distributed);
        await using var service = await TestService.StartAsync(backEnd, clings: Clinging.WhileItConsumes);
        await backEnd.Broker!.CutConnectionsAsync();
        // MassTransit waits for a lost connection however long that takes.
        await service.Bus.Publish(new Announced { Text = "after the cut" }, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await TestService.UntilAsync(() => Task.FromResult(service.Heard.Of<Announced>().Any()), "the announcement was heard");
    }

    [Fact]
    public async Task A_channel_that_dies_before_the_bus_has_started_does_not_end_its_start()
    {
        await using var backEnd = await BackEnd.CreateAsync(BackEndKind.Distributed);
        await using var service = await TestService.StartAsync(backEnd, clings: Clinging.BeforeItConsumes);
        await service.Bus.Publish(new Announced { Text = "after the start" }, TestContext.Current.CancellationToken);
        await TestService.UntilAsync(() => Task.FromResult(service.Heard.Of<Announced>().Any()), "the announcement was heard");
    }

    [Theory]
    [InlineData(Clinging.WhileItConsumes)]
    [InlineData(Clinging.BeforeItConsumes)]
    public async Task A_channel_of_answers_that_dies_unnoticed_is_replaced_and_holds_no_question_up(Clinging clings)
    {
        await using var backEnd = await BackEnd.CreateAsync(BackEndKind.Distributed);
        await using var service = await TestService.StartAsync(backEnd, answersCling: clings);
        if (clings == Clinging.WhileItConsumes)
            await backEnd.Broker!.CutConnectionsAsync();
        await TestService.UntilAsync(() => IsAnsweredAsync(service.Bus), "a question is answered", TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_service_whose_account_the_broker_refuses_ends_instead_of_living_on_deaf()
    {
        await using var backEnd = await BackEnd.CreateAsync(BackEndKind.Distributed);
        var unknown = new UriBuilder(backEnd.Broker!.Uri) { UserName = $"unknown-{Guid.NewGuid():N}" }.Uri;
        await using var service = await TestService.StartAsync(backEnd, broker: unknown, connects: false);
        await TestService.UntilAsync(() => Task.FromResult(service.Ending.IsCancellationRequested), "it ends");
    }

    [Fact]
    public async Task A_service_whose_account_is_taken_away_ends_at_its_next_connection()
    {
        await using var backEnd = await BackEnd.CreateAsync(BackEndKind.Distributed);
        var (name, password) = ($"leaver-{Guid.NewGuid():N}", $"{Guid.NewGuid():N}");
        await backEnd.Broker!.AddUserAsync(name, password);
        await using var service = await TestService.StartAsync(backEnd, broker: new UriBuilder(backEnd.Broker.Uri) { UserName = name, Password = password }.Uri);
        Assert.False(service.Ending.IsCancellationRequested);
        // The broker closes what the account has open.
        await backEnd.Broker.RemoveUserAsync(name);
        await TestService.UntilAsync(() => Task.FromResult(service.Ending.IsCancellationRequested), "it ends");
    }

    [Fact]
    public async Task Tables_of_another_version_are_refused_and_left_as_they_are()
    {
        await using var backEnd = await BackEnd.CreateAsync(BackEndKind.Distributed);
        await using (await TestService.StartAsync(backEnd))
        {
            // Makes the tables.
        }

        await backEnd.Database!.QueryAsync<string>("UPDATE test.schema_version SET fingerprint = '0123456789abcdef' RETURNING fingerprint");
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(async () => await TestService.StartAsync(backEnd));
        Assert.Contains("another version", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("0123456789abcdef", await backEnd.Database.QueryAsync<string>("SELECT fingerprint FROM test.schema_version"));
    }

    private static async Task<bool> IsAnsweredAsync(IBus bus)
    {
        var limit = TimeSpan.FromSeconds(1);
        // In a thread of its own: that the question holds its thread up is what must not be.
        var asking = Task.Factory.StartNew(() => bus.CreateRequestClient<Question>(limit).GetResponse<Answer>(new Question { Text = "here?" }), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Assert.True(await Task.WhenAny(asking, Task.Delay(5 * limit)) == asking, "The question holds the thread up that asks it.");
        try
        {
            return (await (await asking).WaitAsync(5 * limit)).Message.Text == "here?";
        }
        catch (Exception e) when (e is RequestException or TimeoutException)
        {
            return false;
        }
    }
}
