namespace Sparsify.DiskImages;

/// <summary>A structure on the guest's disk is not what its specification says. Its region is opaque; the rest of the disk is still measured.</summary>
/// <param name="structure">The structure, in the words of its specification.</param>
/// <param name="offset">Where it lies on its device (disk, partition or logical volume), bytes.</param>
/// <param name="reason">What is wrong, with values; the end of a sentence.</param>
public sealed class MalformedStructureException(string structure, long offset, string reason)
    : Exception($"{structure} at offset {offset}: {reason}")
{
    /// <summary>The structure.</summary>
    public string Structure { get; } = structure;

    /// <summary>Where it lies on its device, bytes.</summary>
    public long Offset { get; } = offset;
}
