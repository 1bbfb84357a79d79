using Sparsify.DiskImages.Files;

namespace Sparsify.Benchmarks.Measuring;

/// <summary>A file that notes what is read of it, and may claim to be allocated throughout.</summary>
internal sealed class TracedFile(string path, bool full = false) : ImageFile
{
    private readonly StoredFile _file = new(path);
    private ExtentMap? _extents;

    public List<(long Offset, int Length)> Trace { get; } = [];

    public override string Path => _file.Path;

    public override long Length => _file.Length;

    public override long AllocatedBytes => full ? Length : _file.AllocatedBytes;

    public override int BlockSize => _file.BlockSize;

    public override ExtentMap Extents => _extents ??= full ? ExtentMap.Full(Length) : _file.Extents;

    public override void Dispose() => _file.Dispose();

    protected override int ReadCore(long offset, Span<byte> destination)
    {
        Trace.Add((offset, destination.Length));
        _file.Read(offset, destination);
        return destination.Length;
    }
}
