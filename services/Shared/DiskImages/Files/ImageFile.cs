namespace Sparsify.DiskImages.Files;

/// <summary>One file or block device that holds an image or a part of it; read-only.</summary>
internal abstract class ImageFile : IDisposable
{
    /// <summary>What an honest image may need beside its own content: tables that lie in holes.</summary>
    private const long FreeReading = 256L << 20;

    /// <summary>The least that a read counts for, so that many small ones are bounded too.</summary>
    private const int LeastRead = 512;

    private long _read;

    /// <summary>Its path, for errors.</summary>
    public abstract string Path { get; }

    /// <summary>Length in bytes.</summary>
    public abstract long Length { get; }

    /// <summary>Bytes that the storage gives up for it.</summary>
    public abstract long AllocatedBytes { get; }

    /// <summary>The least that the storage takes back, bytes.</summary>
    public abstract int BlockSize { get; }

    /// <summary>What the storage holds blocks for.</summary>
    public abstract ExtentMap Extents { get; }

    /// <summary>Bytes read so far.</summary>
    public long BytesRead => _read;

    /// <summary>Reads bytes; past the end there are zeroes.</summary>
    /// <exception cref="ImageFormatException">The offset lies outside, or the image makes its reader go round in its metadata.</exception>
    /// <exception cref="IOException">The storage does not answer.</exception>
    public void Read(long offset, Span<byte> destination)
    {
        if (offset < 0 || offset > Length)
            throw new ImageFormatException(Path, "a place in the file", offset, $"it lies outside the file's {Length} bytes");
        // An honest image never has more metadata than content: reading several times as much is a trap without an end.
        if ((_read += Math.Max(destination.Length, LeastRead)) > FreeReading + (8 * Math.Max(AllocatedBytes, 0)))
            throw new ImageFormatException(Path, "metadata", offset, $"more than {_read} bytes of it were read from a file that holds {AllocatedBytes}: its tables refer to each other");
        var read = ReadCore(offset, destination);
        destination[read..].Clear();
    }

    public abstract void Dispose();

    /// <returns>Bytes read; less than asked only at the end.</returns>
    protected abstract int ReadCore(long offset, Span<byte> destination);
}
