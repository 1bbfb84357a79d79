using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.Scanner.Policies.Storing;
using Sparsify.Scanner.Storage;

namespace Sparsify.Scanner.Policies.Selecting;

/// <summary>Looks through the disks for a policy.</summary>
internal sealed class DiskSelecting(ScannerDbContext db, IOptions<ScannerOptions> options)
{
    /// <summary>Selects by what is known now.</summary>
    /// <param name="policy">The policy; it counts as one in force, also when it is not enabled.</param>
    /// <param name="only">Looks at these disks alone; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Selection> SelectAsync(PolicyInForce policy, IReadOnlyCollection<Guid>? only, CancellationToken cancellationToken)
    {
        var judge = new DiskJudge(policy, await PolicyBook.ReadAsync(db, cancellationToken), options.Value.ThresholdsOf);
        var disks = db.Disks.AsNoTracking().Where(d => d.RemovedAt == null);
        if (only is not null)
            disks = disks.Where(d => only.Contains(d.Id));
        var judged = new List<PolicyRunDisk>();
        await foreach (var disk in disks.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (judge.Judge(disk) is { } line)
                judged.Add(line);
        }

        return Selection.Of(judged, policy.Rule.Limits.PerRun);
    }
}
