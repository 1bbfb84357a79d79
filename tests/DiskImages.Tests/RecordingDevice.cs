using Sparsify.DiskImages.Devices;
using Sparsify.DiskImages.Files;
using Sparsify.DiskImages.Images;

namespace Sparsify.DiskImages.Tests;

/// <summary>A file as a device that keeps what a reader of file systems would discard.</summary>
internal sealed class RecordingDevice(string path) : GuestDevice, IDisposable
{
    private readonly StoredFile _file = new(path);

    /// <summary>Start and end of each discard, bytes.</summary>
    public List<(long Start, long End)> Discards { get; } = [];

    public long DiscardedBytes => Discards.Sum(d => d.End - d.Start);

    public override long Length => _file.Length;

    public override bool HoldsAnything(long start, long length) => true;

    public override bool ReadsAsZeros(long start, long length) => false;

    public override long GrowthOfWriting(long start, long length) => 0;

    public override long SpaceOfWriting(long start, long length) => 0;

    public void Dispose() => _file.Dispose();

    /// <summary>The discards with neighbours joined, as ranges of blocks.</summary>
    public IEnumerable<(long First, long Last)> Blocks(int blockSize)
    {
        var at = (First: -1L, Last: -2L);
        foreach (var (start, end) in Discards.OrderBy(d => d.Start))
        {
            var (first, last) = (start / blockSize, (end / blockSize) - 1);
            if (first == at.Last + 1 && at.First >= 0)
            {
                at.Last = last;
                continue;
            }

            if (at.First >= 0)
                yield return at;
            at = (first, last);
        }

        if (at.First >= 0)
            yield return at;
    }

    protected override void ReadCore(long offset, Span<byte> destination) => _file.Read(offset, destination);

    protected override void DiscardCore(long start, long length, DiscardTally tally) => Discards.Add((start, start + length));
}
