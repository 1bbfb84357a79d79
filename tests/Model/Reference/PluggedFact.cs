namespace Sparsify.Model.Reference;

/// <summary>A disk plugged into a VM.</summary>
internal sealed record PluggedFact(Guid Vm, bool IsUp, Guid? DiskId, string? Volume)
{
    public bool Is(Guid disk, string volume) => DiskId == disk || Volume == volume;
}
