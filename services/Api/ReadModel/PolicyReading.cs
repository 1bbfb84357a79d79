using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;

namespace Sparsify.Api.ReadModel;

/// <summary>Takes over what the Scanner says of policies and runs, whichever way it comes: with the answer to a request, or as an event.</summary>
internal sealed class PolicyReading(ApiDbContext db, TimeProvider time)
{
    /// <summary>With an answer, in a transaction of its own: who made a policy can read it at once.</summary>
    public Task ApplyAsync(PolicyChanged changed, CancellationToken cancellationToken) => InTransactionAsync(() => TakeAsync(changed, cancellationToken), cancellationToken);

    /// <inheritdoc cref="ApplyAsync(PolicyChanged, CancellationToken)" />
    public Task ApplyAsync(PolicyRunChanged changed, CancellationToken cancellationToken) => InTransactionAsync(() => TakeAsync(changed, cancellationToken), cancellationToken);

    /// <summary>In the caller's transaction.</summary>
    public async Task TakeAsync(PolicyChanged changed, CancellationToken cancellationToken)
    {
        await db.SerialiseAsync(cancellationToken, $"policy {changed.PolicyId}");
        var row = await db.Policies.SingleOrDefaultAsync(p => p.Id == changed.PolicyId, cancellationToken);
        if (row is null || row.Revision < changed.Revision)
            (row ?? db.Policies.Add(new PolicyRow { Id = changed.PolicyId }).Entity).Apply(changed, time.GetUtcNow());
    }

    /// <inheritdoc cref="TakeAsync(PolicyChanged, CancellationToken)" />
    public async Task TakeAsync(PolicyRunChanged changed, CancellationToken cancellationToken)
    {
        await db.SerialiseAsync(cancellationToken, $"policy run {changed.RunId}");
        var row = await db.PolicyRuns.SingleOrDefaultAsync(r => r.Id == changed.RunId, cancellationToken);
        if (row is null || row.Revision < changed.Revision)
            (row ?? db.PolicyRuns.Add(new PolicyRunRow { Id = changed.RunId }).Entity).Apply(changed);
    }

    private async Task InTransactionAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        await work();
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
