using Sparsify.DiskImages.Images;

namespace Sparsify.DiskImages.Devices;

/// <summary>A device as it will be after a journal is replayed: some of its blocks are read from another place.</summary>
/// <param name="device">The device as it is.</param>
/// <param name="blocks">Which blocks were written by the journal, and what they hold.</param>
internal sealed class ReplayedDevice(GuestDevice device, ReplayedBlocks blocks) : GuestDevice
{
    public override long Length => device.Length;

    public override bool HoldsAnything(long start, long length) => device.HoldsAnything(start, length);

    public override bool ReadsAsZeros(long start, long length) => !blocks.AnyIn(start, length) && device.ReadsAsZeros(start, length);

    public override long GrowthOfWriting(long start, long length) => device.GrowthOfWriting(start, length);

    public override long SpaceOfWriting(long start, long length) => device.SpaceOfWriting(start, length);

    protected override void ReadCore(long offset, Span<byte> destination)
    {
        device.Read(offset, destination, "a block");
        blocks.Apply(device, offset, destination);
    }

    protected override void DiscardCore(long start, long length, DiscardTally tally) => device.Discard(start, length, tally);
}
