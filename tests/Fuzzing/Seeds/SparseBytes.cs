namespace Sparsify.Fuzzing.Seeds;

/// <summary>The content of a file without its holes.</summary>
internal sealed class SparseBytes
{
    public const int PageSize = 4096;
    private static readonly byte[] Hole = new byte[PageSize];
    private readonly byte[]?[] _pages;

    private SparseBytes(long length, byte[]?[] pages) => (Length, _pages) = (length, pages);

    public long Length { get; }

    /// <summary>Bytes in pages that are no holes.</summary>
    public long Held => _pages.Count(p => p is not null) * (long)PageSize;

    public static SparseBytes Load(string path)
    {
        using var file = File.OpenHandle(path);
        var length = RandomAccess.GetLength(file);
        var pages = new byte[]?[(length + PageSize - 1) / PageSize];
        var buffer = new byte[PageSize];
        for (var i = 0; i < pages.Length; i++)
        {
            buffer.AsSpan().Clear();
            RandomAccess.Read(file, buffer, (long)i * PageSize);
            if (buffer.AsSpan().ContainsAnyExcept((byte)0))
                pages[i] = buffer.ToArray();
        }

        return new SparseBytes(length, pages);
    }

    public static SparseBytes Of(byte[] content)
    {
        var pages = new byte[]?[(content.Length + PageSize - 1) / PageSize];
        for (var i = 0; i < pages.Length; i++)
        {
            pages[i] = new byte[PageSize];
            content.AsSpan(i * PageSize, Math.Min(PageSize, content.Length - (i * PageSize))).CopyTo(pages[i]);
        }

        return new SparseBytes(content.Length, pages);
    }

    /// <summary>Ranges that are no holes.</summary>
    public IEnumerable<(long Start, long End)> Extents()
    {
        for (var i = 0; i < _pages.Length; i++)
        {
            if (_pages[i] is not null)
                yield return ((long)i * PageSize, Math.Min(Length, (i + 1L) * PageSize));
        }
    }

    /// <returns>Bytes read; less than asked only at the end.</returns>
    public int Read(long offset, Span<byte> destination)
    {
        var total = (int)Math.Min(destination.Length, Math.Max(0, Length - offset));
        for (var done = 0; done < total;)
        {
            var (page, inPage) = Math.DivRem(offset + done, PageSize);
            var count = Math.Min(total - done, PageSize - (int)inPage);
            (_pages[page] ?? Hole).AsSpan((int)inPage, count).CopyTo(destination[done..]);
            done += count;
        }

        return total;
    }
}
