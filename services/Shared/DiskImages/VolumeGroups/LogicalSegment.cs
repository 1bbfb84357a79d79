using Sparsify.DiskImages.Devices;

namespace Sparsify.DiskImages.VolumeGroups;

/// <summary>A stretch of a logical volume that lies in one piece on each of its stripes.</summary>
/// <param name="Start">Bytes from the logical volume's start.</param>
/// <param name="Length">Bytes.</param>
/// <param name="StripeSize">Bytes that lie side by side before the next stripe goes on; the whole length when there is one stripe.</param>
/// <param name="Stripes">Where each stripe starts.</param>
internal sealed record LogicalSegment(long Start, long Length, long StripeSize, IReadOnlyList<(GuestDevice Device, long Offset)> Stripes)
{
    public long End => Start + Length;

    /// <summary>Where a place lies, and how many bytes go on from there.</summary>
    public (GuestDevice Device, long Offset, long Length) Map(long offset, long length)
    {
        if (Stripes.Count == 1)
            return (Stripes[0].Device, Stripes[0].Offset + offset - Start, length);
        var (chunk, inChunk) = Math.DivRem(offset - Start, StripeSize);
        var (row, stripe) = Math.DivRem(chunk, Stripes.Count);
        return (Stripes[(int)stripe].Device, Stripes[(int)stripe].Offset + (row * StripeSize) + inChunk, Math.Min(length, StripeSize - inChunk));
    }

    /// <summary>Where a range lies on each stripe: one piece on each, as the device mapper sends a discard on.</summary>
    public IEnumerable<(GuestDevice Device, long Offset, long Length)> MapWhole(long from, long to)
    {
        for (var i = 0; i < Stripes.Count; i++)
        {
            var (begin, end) = Stripes.Count == 1 ? (from - Start, to - Start) : (OnStripe(from - Start, i), OnStripe(to - Start, i));
            if (end > begin)
                yield return (Stripes[i].Device, Stripes[i].Offset + begin, end - begin);
        }
    }

    /// <summary>Bytes that one stripe holds of everything before a place.</summary>
    private long OnStripe(long offset, int stripe)
    {
        var (chunk, inChunk) = Math.DivRem(offset, StripeSize);
        var (row, at) = Math.DivRem(chunk, Stripes.Count);
        return (row * StripeSize) + (stripe < at ? StripeSize : stripe == at ? inChunk : 0);
    }
}
