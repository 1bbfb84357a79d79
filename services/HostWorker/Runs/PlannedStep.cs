namespace Sparsify.HostWorker.Runs;

/// <summary>One step of a run.</summary>
/// <param name="Device">As the appliance names it; of a volume group's free space the group's name.</param>
/// <param name="FileSystem">What it holds.</param>
/// <param name="Reclaimable">Bytes that it is to give back.</param>
internal sealed record PlannedStep(string Device, string FileSystem, long Reclaimable);
