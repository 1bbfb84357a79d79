using Sparsify.DiskImages.Measuring;

namespace Sparsify.HostWorker.Runs;

/// <summary>What a run will work on, in the order in which it was measured: the steps and how many bytes each is to give back.</summary>
/// <param name="Steps">One for each file system, swap area and volume group with free space.</param>
internal sealed record RunPlan(IReadOnlyList<PlannedStep> Steps)
{
    private const string BtrfsPrefix = "btrfsvol:";

    /// <summary>Nothing is known of what will be done.</summary>
    public static readonly RunPlan Unknown = new([]);

    public static RunPlan Of(Measurement? measurement) =>
        measurement is null ? Unknown : new([.. measurement.Plan.Select(r => new PlannedStep(r.Device!, r.FileSystem ?? "free space", r.Reclaimable))]);

    /// <summary>The share of the planned bytes that some steps make up, from 0 to 1.</summary>
    public double ShareOf(IReadOnlyCollection<string> devices)
    {
        var total = Steps.Sum(s => s.Reclaimable);
        // Without anything to give back each step counts alike.
        return Steps.Count == 0 ? 0
            : total == 0 ? (double)Steps.Count(s => devices.Contains(s.Device)) / Steps.Count
            : (double)Steps.Where(s => devices.Contains(s.Device)).Sum(s => s.Reclaimable) / total;
    }

    /// <summary>The device that a step's name stands for: btrfs has a step for each subvolume.</summary>
    public string DeviceOf(string mountable)
    {
        if (!mountable.StartsWith(BtrfsPrefix, StringComparison.Ordinal))
            return mountable;
        var path = mountable[BtrfsPrefix.Length..];
        return Steps.Select(s => s.Device).Where(d => path == d || path.StartsWith(d + "/", StringComparison.Ordinal)).MaxBy(d => d.Length) ?? path;
    }
}
