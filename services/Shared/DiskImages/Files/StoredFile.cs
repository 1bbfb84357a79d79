using Microsoft.Win32.SafeHandles;

namespace Sparsify.DiskImages.Files;

/// <summary>An image on this host: a file on a file system, or a block device.</summary>
internal sealed class StoredFile : ImageFile
{
    private readonly SafeFileHandle _handle;
    private readonly FileStatus _status;
    private ExtentMap? _extents;

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ImageFormatException">It is something else.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="IOException">The storage does not answer.</exception>
    public StoredFile(string path)
    {
        Path = path;
        // Before it is opened, since that may wait for ever; and after, since another may lie there by then.
        if (!FileNode.Of(path).CanHoldImage)
            throw NoImage(path);
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            _status = FileStatus.Of(_handle, path);
            if (!_status.IsFile && !_status.IsBlockDevice)
                throw NoImage(path);
            Length = _status.IsBlockDevice ? BlockDevices.LengthOf(_handle, path) : _status.Length;
            BlockSize = _status.IsBlockDevice ? BlockDevices.DiscardGranularityOf(_status) : _status.BlockSize;
        }
        catch
        {
            _handle.Dispose();
            throw;
        }
    }

    public override string Path { get; }

    public override long Length { get; }

    /// <summary>A block device gives up all of its length.</summary>
    public override long AllocatedBytes => _status.IsBlockDevice ? Length : _status.AllocatedBytes;

    public override int BlockSize { get; }

    public override ExtentMap Extents => _extents ??= _status.IsBlockDevice ? ExtentMap.Full(Length) : FileExtents.Of(_handle, Length, Path);

    public override void Dispose() => _handle.Dispose();

    private static ImageFormatException NoImage(string path) => new(path, "the image", 0, "it is neither a file nor a block device");

    protected override int ReadCore(long offset, Span<byte> destination)
    {
        var total = 0;
        while (total < destination.Length)
        {
            var read = RandomAccess.Read(_handle, destination[total..], offset + total);
            if (read == 0)
                break;
            total += read;
        }

        return total;
    }
}
