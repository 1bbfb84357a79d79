namespace Sparsify.Model.Reference;

/// <summary>What the Orchestrator's tables say of disks and VMs: the model takes it as given.</summary>
internal sealed record Facts(IReadOnlyList<DiskFact> Disks, IReadOnlyList<PluggedFact> Plugged)
{
    public DiskFact? Disk(Guid id) => Disks.FirstOrDefault(d => d.Id == id);

    /// <summary>A VM that is not down has the disk, by id or by place.</summary>
    public bool IsInUse(DiskFact disk) => Plugged.Any(p => p.IsUp && p.Is(disk.Id, disk.Volume));

    /// <summary>A VM that is not down has the disk that an operation holds.</summary>
    public bool IsInUse(ReferenceOperation holder) => Plugged.Any(p => p.IsUp && p.Is(holder.DiskId, holder.Volume!));
}
