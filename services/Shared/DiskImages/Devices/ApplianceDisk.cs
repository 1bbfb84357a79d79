using Sparsify.DiskImages.Images;

namespace Sparsify.DiskImages.Devices;

/// <summary>
/// The disk as the libguestfs appliance sees it: a virtio-scsi disk of 512-byte sectors. Sources: QEMU <c>hw/scsi/scsi-disk.c</c>
/// (default <c>discard_granularity</c> and <c>max_unmap_size</c>), Linux <c>block/blk-merge.c</c> (splitting of discards).
/// </summary>
internal sealed class ApplianceDisk(DiskImage image) : GuestDevice
{
    /// <summary>What a file system in the appliance may discard at least, bytes.</summary>
    public const int Granularity = 4096;

    /// <summary>The unit of addresses.</summary>
    public const int SectorSize = 512;

    private const long LargestDiscard = 1L << 30;
    private const long Leap = 1024 * LargestDiscard;

    public override long Length => image.VirtualSize;

    public override bool HoldsAnything(long start, long length) => image.HeldIn(start, start + length) > 0;

    public override bool ReadsAsZeros(long start, long length) => image.ReadsAsZeros(start, start + length);

    public override long GrowthOfWriting(long start, long length)
    {
        var (from, to) = Outward(start, length);
        return Math.Max(0, to - from - image.OwnBytesIn(from, to));
    }

    public override long SpaceOfWriting(long start, long length)
    {
        var (from, to) = Outward(start, length);
        return to - from;
    }

    protected override void ReadCore(long offset, Span<byte> destination) => image.Read(offset, destination);

    protected override void DiscardCore(long start, long length, DiscardTally tally)
    {
        var end = start + length;
        while (start < end)
        {
            // A disk may claim exbibytes: what holds nothing is passed over, from one split to another.
            if (end - start > Leap && image.HeldIn(start, start + Leap) == 0)
            {
                start = (start + Leap) / Granularity * Granularity;
                continue;
            }

            // A long discard is split where the next one starts at a whole unit of the granularity.
            var to = end - start > LargestDiscard ? (start + LargestDiscard) / Granularity * Granularity : end;
            var (from, until) = image.Inward(start, to);
            if (from < until)
                image.CountDiscard(from, until, tally);
            tally.Hold(image.HeldBelow(start, to));
            start = to;
        }
    }

    private (long Start, long End) Outward(long start, long length)
    {
        long unit = image.Granularity;
        return (start / unit * unit, Math.Min(Length, (start + length + unit - 1) / unit * unit));
    }
}
