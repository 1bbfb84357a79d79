namespace Sparsify.DiskImages.Devices;

/// <summary>The blocks that a journal's replay writes, each with the place of its newest copy in the journal.</summary>
/// <param name="blockSize">Bytes a block.</param>
internal sealed class ReplayedBlocks(int blockSize)
{
    private readonly SortedDictionary<long, (long Copy, bool Escaped)> _blocks = [];
    private long[]? _sorted;

    public int Count => _blocks.Count;

    /// <param name="block">The block's number.</param>
    /// <param name="copy">Where its content lies on the device, bytes.</param>
    /// <param name="escaped">Its first four bytes were taken out because they looked like the journal's own mark.</param>
    public void Set(long block, long copy, bool escaped) => (_blocks[block], _sorted) = ((copy, escaped), null);

    public bool AnyIn(long start, long length)
    {
        var keys = Keys();
        var index = Array.BinarySearch(keys, start / blockSize);
        index = index < 0 ? ~index : index;
        return index < keys.Length && keys[index] * blockSize < start + length;
    }

    /// <summary>Puts the replayed content over what was read.</summary>
    public void Apply(GuestDevice device, long offset, Span<byte> destination)
    {
        var keys = Keys();
        var index = Array.BinarySearch(keys, offset / blockSize);
        index = index < 0 ? ~index : index;
        byte[]? content = null;
        for (; index < keys.Length && keys[index] * blockSize < offset + destination.Length; index++)
        {
            var (copy, escaped) = _blocks[keys[index]];
            content ??= new byte[blockSize];
            device.Read(copy, content, "a journaled block");
            if (escaped)
                new byte[] { 0xC0, 0x3B, 0x39, 0x98 }.CopyTo(content, 0);
            var at = keys[index] * blockSize;
            var from = Math.Max(at, offset);
            var to = Math.Min(at + blockSize, offset + destination.Length);
            content.AsSpan((int)(from - at), (int)(to - from)).CopyTo(destination[(int)(from - offset)..]);
        }
    }

    private long[] Keys() => _sorted ??= [.. _blocks.Keys];
}
