using Sparsify.Contracts;

namespace Sparsify.Scanner.Fleet;

/// <summary>What two snapshots of a disk tell of what has happened between them.</summary>
internal static class DiskComparison
{
    /// <summary>It had snapshots and has none any more.</summary>
    public static bool LostItsSnapshots(DiskChanged before, DiskChanged after) => HasSnapshots(before) && !HasSnapshots(after);

    private static bool HasSnapshots(DiskChanged disk) => disk.Violations.Any(v => v.Code == ViolationCodes.HasSnapshots);
}
