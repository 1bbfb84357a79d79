using Sparsify.DiskImages.Files;

namespace Sparsify.DiskImages.Images;

/// <summary>The guest's bytes as they are, in a file with holes or on a block device.</summary>
internal sealed class RawImage(ImageFile file) : DiskImage
{
    public override long VirtualSize => file.Length;

    public override long AllocatedBytes => file.AllocatedBytes;

    public override int Granularity => file.BlockSize;

    public override void Read(long offset, Span<byte> destination)
    {
        if (offset >= file.Length)
            destination.Clear();
        else
            file.Read(offset, destination);
    }

    public override void CountDiscard(long start, long end, DiscardTally tally) => tally.Reclaim(file.Extents.BytesIn(start, end));

    public override long HeldIn(long start, long end)
    {
        (start, end) = Inward(start, end);
        return file.Extents.BytesIn(start, end);
    }

    public override long OwnBytesIn(long start, long end) => file.Extents.BytesIn(start, end);

    public override bool ReadsAsZeros(long start, long end) => file.Extents.ReadsAsZeros(start, end);

    public override void Dispose() => file.Dispose();
}
