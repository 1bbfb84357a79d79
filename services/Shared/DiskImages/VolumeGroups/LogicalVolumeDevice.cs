using Sparsify.DiskImages.Devices;
using Sparsify.DiskImages.Images;

namespace Sparsify.DiskImages.VolumeGroups;

/// <summary>A linear or striped logical volume. Sources: Linux <c>drivers/md/dm-linear.c</c>, <c>dm-stripe.c</c> (<c>stripe_map_range</c>).</summary>
internal sealed class LogicalVolumeDevice(IReadOnlyList<LogicalSegment> segments) : GuestDevice
{
    public override long Length => segments.Count == 0 ? 0 : segments[^1].End;

    public override bool HoldsAnything(long start, long length) => Any(start, length, (device, at, count) => device.HoldsAnything(at, count));

    public override bool ReadsAsZeros(long start, long length) => !Any(start, length, (device, at, count) => !device.ReadsAsZeros(at, count));

    public override long GrowthOfWriting(long start, long length) => Sum(start, length, (device, at, count) => device.GrowthOfWriting(at, count));

    public override long SpaceOfWriting(long start, long length) => Sum(start, length, (device, at, count) => device.SpaceOfWriting(at, count));

    protected override void ReadCore(long offset, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            var segment = At(offset);
            var (device, place, length) = segment.Map(offset, Math.Min(destination.Length, segment.End - offset));
            device.Read(place, destination[..(int)length], "a logical volume");
            offset += length;
            destination = destination[(int)length..];
        }
    }

    protected override void DiscardCore(long start, long length, DiscardTally tally)
    {
        var end = start + length;
        while (start < end)
        {
            var segment = At(start);
            var to = Math.Min(end, segment.End);
            foreach (var (device, place, count) in segment.MapWhole(start, to))
                device.Discard(place, count, tally);
            start = to;
        }
    }

    private bool Any(long start, long length, Func<GuestDevice, long, long, bool> test)
    {
        for (var end = Math.Min(Length, start + length); start < end;)
        {
            var segment = At(start);
            var to = Math.Min(end, segment.End);
            foreach (var (device, place, count) in segment.MapWhole(start, to))
            {
                if (test(device, place, count))
                    return true;
            }

            start = to;
        }

        return false;
    }

    private long Sum(long start, long length, Func<GuestDevice, long, long, long> measure)
    {
        var sum = 0L;
        Any(start, length, (device, at, count) =>
        {
            sum += measure(device, at, count);
            return false;
        });
        return sum;
    }

    private LogicalSegment At(long offset)
    {
        var (low, high) = (0, segments.Count - 1);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (segments[middle].End > offset)
                high = middle;
            else
                low = middle + 1;
        }

        return segments[low];
    }
}
