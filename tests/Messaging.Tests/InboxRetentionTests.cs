using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Messaging.Tests.Model;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.Messaging.Tests;

/// <summary>The inbox does not grow for ever.</summary>
public sealed class InboxRetentionTests
{
    [Theory]
    [InlineData(BackEndKind.Embedded)]
    [InlineData(BackEndKind.Distributed)]
    public async Task A_handled_message_is_forgotten_after_its_retention_and_not_before(BackEndKind kind)
    {
        await using var backEnd = await BackEnd.CreateAsync(kind);
        await using var service = await TestService.StartAsync(backEnd);
        var (account, handled) = (Guid.NewGuid(), NewId.NextGuid());
        await service.Bus.Publish(new Deposit { Account = account }, c => c.MessageId = handled, TestContext.Current.CancellationToken);
        await TestService.UntilAsync(() => Task.FromResult(service.Heard.Of<Deposited>().Any(d => d.Account == account)), "the deposit was heard of");

        var forgetting = DateTimeOffset.UtcNow - new OutboxOptions().InboxRetention;
        var (old, young) = (Entry(forgetting.AddMinutes(-1)), Entry(forgetting.AddMinutes(10)));
        await service.WithDatabaseAsync(async (db, _) =>
        {
            await using var transaction = await db.BeginWriteAsync();
            db.AddRange(old, young);
            await db.SaveChangesAsync();
            await transaction.CommitAsync(CancellationToken.None);
            return 0;
        });
        await TestService.UntilAsync(async () => !(await RememberedAsync(service)).Contains(old.MessageId), "the old message is forgotten");
        Assert.Equal(new[] { handled, young.MessageId }.Order(), (await RememberedAsync(service)).Order());
    }

    private static InboxEntry Entry(DateTimeOffset consumedAt) => new() { MessageId = Guid.NewGuid(), ConsumerId = Guid.NewGuid(), ConsumedAt = consumedAt };

    private static Task<List<Guid>> RememberedAsync(TestService service) => service.WithDatabaseAsync((db, _) => db.Set<InboxEntry>().Select(e => e.MessageId).ToListAsync());
}
