using Sparsify.DiskImages.Files;

namespace Sparsify.Fuzzing.Seeds;

/// <summary>An image file in memory, with some bytes changed, that may note which ones are read.</summary>
internal sealed class MemoryFile(SparseBytes content, ExtentMap extents, int blockSize = SparseBytes.PageSize) : ImageFile
{
    public MemoryFile(SparseBytes content)
        : this(content, ExtentsOf(content))
    {
    }

    public override string Path => "/nonexistent/storage/image";

    public override long Length => content.Length;

    public override long AllocatedBytes => extents.Total;

    public override int BlockSize => blockSize;

    public override ExtentMap Extents => extents;

    /// <summary>Bytes that differ from the content.</summary>
    public List<(long Offset, byte Value)> Changes { get; init; } = [];

    /// <summary>Where reads went, when that is wanted.</summary>
    public List<(long Offset, int Length)>? Trace { get; init; }

    public static ExtentMap ExtentsOf(SparseBytes content) => new(content.Extents().Select(e => new Extent(e.Start, e.End, true)));

    public override void Dispose()
    {
    }

    protected override int ReadCore(long offset, Span<byte> destination)
    {
        Trace?.Add((offset, destination.Length));
        var read = content.Read(offset, destination);
        foreach (var (at, value) in Changes)
        {
            if (at >= offset && at < offset + read)
                destination[(int)(at - offset)] = value;
        }

        return read;
    }
}
