using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Scanner.Policies.Schedules;
using Sparsify.Scanner.Policies.Selecting;
using Sparsify.Scanner.Policies.Storing;
using Sparsify.Scanner.Storage;

namespace Sparsify.Scanner.Policies.Requests;

/// <summary>Says which disks a policy would take now, also of one that is not enabled.</summary>
internal sealed class PreviewPolicyConsumer(ScannerDbContext db, DiskSelecting selecting, TimeProvider time) : IConsumer<PreviewPolicy>
{
    public async Task Consume(ConsumeContext<PreviewPolicy> context)
    {
        var id = context.Message.PolicyId;
        if (await db.Policies.AsNoTracking().SingleOrDefaultAsync(p => p.Id == id, context.CancellationToken) is not { } policy)
        {
            await context.RespondAsync(PolicyStore.NotFound(id));
            return;
        }

        var selection = await selecting.SelectAsync(new PolicyInForce(policy.Id, policy.Revision, policy.Rule), only: null, context.CancellationToken);
        await context.RespondAsync(new PolicyPreviewed
        {
            Considered = selection.Considered,
            Chosen = selection.Chosen.Count,
            Reclaimable = selection.Reclaimable,
            WindowOpen = policy.Rule.Window.IsOpen(time.GetUtcNow()),
            NextRunAt = policy.NextRunAt,
            Disks = [.. selection.Chosen, .. selection.PassedOver],
            Omitted = selection.Omitted,
        });
    }
}
