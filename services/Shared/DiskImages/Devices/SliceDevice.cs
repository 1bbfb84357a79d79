using Sparsify.DiskImages.Images;

namespace Sparsify.DiskImages.Devices;

/// <summary>A part of another device: a partition.</summary>
internal sealed class SliceDevice(GuestDevice whole, long start, long length) : GuestDevice
{
    public override long Length => length;

    public override bool HoldsAnything(long from, long count) => whole.HoldsAnything(start + from, count);

    public override bool ReadsAsZeros(long from, long count) => whole.ReadsAsZeros(start + from, count);

    public override long GrowthOfWriting(long from, long count) => whole.GrowthOfWriting(start + from, count);

    public override long SpaceOfWriting(long from, long count) => whole.SpaceOfWriting(start + from, count);

    protected override void ReadCore(long offset, Span<byte> destination) => whole.Read(start + offset, destination, "a partition");

    protected override void DiscardCore(long from, long count, DiscardTally tally) => whole.Discard(start + from, count, tally);
}
