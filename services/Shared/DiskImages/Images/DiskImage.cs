namespace Sparsify.DiskImages.Images;

/// <summary>One image of a chain: the guest's bytes, and what the storage holds for them.</summary>
internal abstract class DiskImage : IDisposable
{
    /// <summary>Size of the disk as the guest sees it, bytes.</summary>
    public abstract long VirtualSize { get; }

    /// <summary>Bytes that the storage gives up for the image's file.</summary>
    public abstract long AllocatedBytes { get; }

    /// <summary>The least that a discard of the guest frees, bytes of the guest.</summary>
    public abstract int Granularity { get; }

    /// <summary>Reads the guest's bytes, from lower images where this one has none.</summary>
    /// <exception cref="ImageFormatException">The image's own metadata is malformed.</exception>
    public abstract void Read(long offset, Span<byte> destination);

    /// <summary>Adds what a discard would free; the range is already cut to whole units of <see cref="Granularity"/>.</summary>
    public abstract void CountDiscard(long start, long end, DiscardTally tally);

    /// <summary>Bytes that the images below hold for a range of the guest, in their own units.</summary>
    public virtual long HeldBelow(long start, long end) => 0;

    /// <summary>Bytes that this image and those below hold for a range of the guest.</summary>
    public abstract long HeldIn(long start, long end);

    /// <summary>Bytes that this image alone holds for a range of the guest.</summary>
    public abstract long OwnBytesIn(long start, long end);

    /// <summary>True only when the range is known to hold zeroes, in this image and those below, without reading it.</summary>
    public abstract bool ReadsAsZeros(long start, long end);

    public abstract void Dispose();

    /// <summary>Cuts a range inward to what can be freed. The disk's very end counts as a boundary.</summary>
    public (long Start, long End) Inward(long start, long end)
    {
        long unit = Granularity;
        var from = (start + unit - 1) / unit * unit;
        var to = end >= VirtualSize ? VirtualSize : end / unit * unit;
        return (from, Math.Max(from, to));
    }
}
