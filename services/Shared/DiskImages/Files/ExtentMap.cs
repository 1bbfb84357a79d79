namespace Sparsify.DiskImages.Files;

/// <summary>Which ranges of a file the storage holds blocks for; ascending, without overlap.</summary>
internal sealed class ExtentMap
{
    private readonly Extent[] _extents;
    private readonly long[] _sums;
    private int _last;

    /// <param name="extents">In any order of writing state, ascending by start; neighbours are merged.</param>
    /// <param name="sharedBytes">Bytes that other files of the storage hold too.</param>
    public ExtentMap(IEnumerable<Extent> extents, long sharedBytes = 0)
    {
        var merged = new List<Extent>();
        foreach (var extent in extents)
        {
            if (merged.Count > 0 && merged[^1].End >= extent.Start && merged[^1].Written == extent.Written)
                merged[^1] = merged[^1] with { End = Math.Max(merged[^1].End, extent.End) };
            else if (extent.End > extent.Start)
                merged.Add(extent);
        }

        _extents = [.. merged];
        _sums = new long[_extents.Length + 1];
        for (var i = 0; i < _extents.Length; i++)
            _sums[i + 1] = _sums[i] + _extents[i].End - _extents[i].Start;
        SharedBytes = sharedBytes;
    }

    /// <summary>Bytes that other files hold too (reflinks): given up by this file, they do not return to the storage.</summary>
    public long SharedBytes { get; }

    /// <summary>Extents after merging.</summary>
    public int Count => _extents.Length;

    /// <summary>All bytes in extents.</summary>
    public long Total => _sums[^1];

    /// <summary>Some blocks were allocated and never written.</summary>
    public bool AnyUnwritten => Array.Exists(_extents, e => !e.Written);

    /// <summary>Everything is allocated and written.</summary>
    public static ExtentMap Full(long length) => new([new Extent(0, length, true)]);

    /// <summary>Allocated bytes in a range.</summary>
    public long BytesIn(long start, long end)
    {
        if (start >= end || _extents.Length == 0)
            return 0;
        var first = Find(start);
        if (first == _extents.Length || _extents[first].Start >= end)
            return 0;
        if (_extents[first].End >= end)
            return end - Math.Max(start, _extents[first].Start);
        var last = FindFrom(end - 1, first);
        var bytes = _sums[last] - _sums[first] - Math.Max(0, start - _extents[first].Start);
        return last < _extents.Length && _extents[last].Start < end ? bytes + end - _extents[last].Start : bytes;
    }

    /// <summary>Whether the range holds anything but zeroes for certain not: no written block lies in it.</summary>
    public bool ReadsAsZeros(long start, long end)
    {
        for (var i = Find(start); i < _extents.Length && _extents[i].Start < end; i++)
        {
            if (_extents[i].Written)
                return false;
        }

        return true;
    }

    /// <summary>The first extent that ends after an offset. Callers go upwards, so the last answer is tried first.</summary>
    private int Find(long offset)
    {
        var hint = _last;
        if (hint < _extents.Length && _extents[hint].End > offset && (hint == 0 || _extents[hint - 1].End <= offset))
            return hint;
        if (hint + 1 < _extents.Length && _extents[hint].End <= offset && _extents[hint + 1].End > offset)
            return _last = hint + 1;
        return _last = FindFrom(offset, 0);
    }

    private int FindFrom(long offset, int low)
    {
        var high = _extents.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_extents[middle].End > offset)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }
}
