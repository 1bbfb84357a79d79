using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sparsify.DiskImages.FileSystems;

/// <summary>Finds the runs of zero bits in an allocation bitmap whose bits count from the lowest of each byte on (ext, NTFS).</summary>
internal ref struct FreeRuns(ReadOnlySpan<byte> bitmap, int bits)
{
    private readonly ReadOnlySpan<byte> _bitmap = bitmap;
    private readonly int _bits = bits;
    private int _at;

    /// <summary>First bit of the current run.</summary>
    public int Start { get; private set; }

    /// <summary>First bit after the current run.</summary>
    public readonly int End => _at;

    /// <summary>Goes to the next run.</summary>
    public bool Next()
    {
        Start = Find(_at, 0);
        if (Start >= _bits)
            return false;
        _at = Find(Start, ulong.MaxValue);
        return true;
    }

    /// <summary>The first bit from a place on that differs from the pattern's complement: a zero with pattern 0, a one with all ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int Find(int from, ulong wantedOnes)
    {
        if (from >= _bits)
            return _bits;
        var index = from >> 6;
        // Turned so that what is looked for is a one.
        var word = (Word(index) ^ ~wantedOnes) & (ulong.MaxValue << (from & 63));
        while (word == 0)
        {
            if (++index << 6 >= _bits)
                return _bits;
            word = Word(index) ^ ~wantedOnes;
            if (word == 0)
                index = SkipAlike(index, wantedOnes);
        }

        return Math.Min(_bits, (index << 6) + BitOperations.TrailingZeroCount(word));
    }

    /// <summary>The last of a row of words that hold nothing of what is looked for.</summary>
    private readonly int SkipAlike(int index, ulong wantedOnes)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(_bitmap);
        if (index >= words.Length)
            return index;
        var length = words[index..].IndexOfAnyExcept(~wantedOnes);
        return length < 0 ? words.Length - 1 : index + length - 1;
    }

    private readonly ulong Word(int index)
    {
        var at = index * 8;
        if (at + 8 <= _bitmap.Length)
            return Unsafe.ReadUnaligned<ulong>(in _bitmap[at]);
        var word = 0UL;
        for (var i = 0; at + i < _bitmap.Length; i++)
            word |= (ulong)_bitmap[at + i] << (i * 8);
        return word;
    }
}
