using Sparsify.DiskImages.Images;

namespace Sparsify.DiskImages.Devices;

/// <summary>A block device as the guest has it: the disk, a partition, a logical volume.</summary>
internal abstract class GuestDevice
{
    /// <summary>Length in bytes.</summary>
    public abstract long Length { get; }

    /// <summary>Reads bytes of one structure.</summary>
    /// <exception cref="MalformedStructureException">They lie outside the device.</exception>
    public void Read(long offset, Span<byte> destination, string structure)
    {
        if (offset < 0 || offset > Length - destination.Length)
            throw new MalformedStructureException(structure, offset, $"its {destination.Length} bytes lie outside a device of {Length} bytes");
        ReadCore(offset, destination);
    }

    /// <summary>Reads a structure into memory of its own.</summary>
    /// <exception cref="MalformedStructureException">It lies outside the device.</exception>
    public byte[] Read(long offset, int length, string structure)
    {
        if (offset < 0 || offset > Length - length)
            throw new MalformedStructureException(structure, offset, $"its {length} bytes lie outside a device of {Length} bytes");
        var bytes = new byte[length];
        ReadCore(offset, bytes);
        return bytes;
    }

    /// <summary>Whether bytes at a place are these; false when the place lies outside.</summary>
    public bool Has(long offset, ReadOnlySpan<byte> signature)
    {
        if (offset > Length - signature.Length)
            return false;
        Span<byte> bytes = stackalloc byte[signature.Length];
        ReadCore(offset, bytes);
        return bytes.SequenceEqual(signature);
    }

    /// <summary>Counts what discarding a range frees; a range that lies outside is cut.</summary>
    public void Discard(long start, long length, DiscardTally tally)
    {
        if (start < 0 || length <= 0 || start >= Length)
            return;
        DiscardCore(start, Math.Min(length, Length - start), tally);
    }

    /// <summary>False only when nothing at all is held for a range, so that discarding it frees nothing.</summary>
    public abstract bool HoldsAnything(long start, long length);

    /// <summary>True only when the range is known to hold zeroes without reading it.</summary>
    public abstract bool ReadsAsZeros(long start, long length);

    /// <summary>Bytes that the image would newly take when a range is written.</summary>
    public abstract long GrowthOfWriting(long start, long length);

    /// <summary>Bytes that the image takes for a range that it held nothing of: whole units of it.</summary>
    public abstract long SpaceOfWriting(long start, long length);

    protected abstract void ReadCore(long offset, Span<byte> destination);

    protected abstract void DiscardCore(long start, long length, DiscardTally tally);
}
