using Sparsify.DiskImages.Images;
using Sparsify.DiskImages.Measuring;

namespace Sparsify.Fuzzing.Seeds;

/// <summary>A sound image that inputs are made from, and the places of it that its measurement reads.</summary>
internal sealed class Seed
{
    private readonly (long Offset, int Length)[] _hot;
    private readonly long[] _sums;

    public Seed(string name, ImageFormat format, SparseBytes content)
    {
        (Name, Format, Content) = (name, format, content);
        var trace = new List<(long Offset, int Length)>();
        Sound = DiskMeter.Measure(new MemoryFile(content) { Trace = trace }, name, format, "/nonexistent/storage");
        // Bulk reads are bitmaps; what steers the parsers is small, so every read counts alike by its logarithm.
        _hot = [.. trace.Distinct()];
        _sums = new long[_hot.Length + 1];
        for (var i = 0; i < _hot.Length; i++)
            _sums[i + 1] = _sums[i] + (long)Math.Log2(_hot[i].Length + 1) + 1;
    }

    public string Name { get; }

    public ImageFormat Format { get; }

    public SparseBytes Content { get; }

    /// <summary>What the unchanged image measures.</summary>
    public Measurement Sound { get; }

    /// <summary>A place that the measurement reads.</summary>
    public long HotPlace(Random random)
    {
        var index = Array.BinarySearch(_sums, random.NextInt64(_sums[^1]));
        index = index < 0 ? ~index - 1 : Math.Min(index, _hot.Length - 1);
        var (offset, length) = _hot[index];
        // Headers lie at the start of what is read.
        return offset + (random.Next(3) == 0 ? random.Next(length) : random.Next(Math.Min(length, 512)));
    }
}
