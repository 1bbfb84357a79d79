using System.Buffers.Binary;
using Sparsify.Fuzzing.Seeds;

namespace Sparsify.Fuzzing.Mutation;

/// <summary>Makes hostile inputs from sound images: it changes what the parsers read, with values that parsers trip over.</summary>
internal sealed class Mutator(Seed seed, Random random)
{
    private const int MostChanges = 6;
    private static readonly ulong[] Tempting = [0, 1, 2, 7, 8, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF, ulong.MaxValue, ulong.MaxValue - 511, 1UL << 62];

    /// <summary>The next input, as what differs from the seed.</summary>
    public List<(long Offset, byte Value)> Next()
    {
        var changes = new List<(long, byte)>();
        for (var count = random.Next(1, MostChanges + 1); count > 0; count--)
            Change(changes);
        if (random.Next(4) != 0)
            Checksums.Mend(seed.Content, changes);
        return changes;
    }

    private void Change(List<(long, byte)> changes)
    {
        var place = seed.HotPlace(random);
        Span<byte> value = stackalloc byte[8];
        seed.Content.Read(place, value);
        var width = 1 << random.Next(4);
        switch (random.Next(6))
        {
            case 0:
                value[0] ^= (byte)(1 << random.Next(8));
                width = 1;
                break;
            case 1:
                random.NextBytes(value);
                break;
            case 2:
                Write(value, width, Tempting[random.Next(Tempting.Length)]);
                break;
            case 3:
                // A little more or less than it was: counts and places off by a few.
                Write(value, width, Read(value, width) + (ulong)random.Next(-4, 5));
                break;
            case 4:
                // What another structure says: pointers that close circles.
                seed.Content.Read(seed.HotPlace(random), value);
                break;
            default:
                Write(value, width, (ulong)random.NextInt64(seed.Content.Length) >> (random.Next(4) * 4));
                break;
        }

        for (var i = 0; i < width; i++)
            changes.Add((place + i, value[i]));
    }

    private ulong Read(Span<byte> value, int width)
    {
        Span<byte> whole = stackalloc byte[8];
        whole.Clear();
        value[..width].CopyTo(whole);
        return random.Next(2) == 0 ? BinaryPrimitives.ReadUInt64LittleEndian(whole) : BinaryPrimitives.ReadUInt64BigEndian(whole) >> (64 - (width * 8));
    }

    private void Write(Span<byte> value, int width, ulong number)
    {
        Span<byte> whole = stackalloc byte[8];
        if (random.Next(2) == 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(whole, number);
            whole[..width].CopyTo(value);
        }
        else
        {
            BinaryPrimitives.WriteUInt64BigEndian(whole, number);
            whole[(8 - width)..].CopyTo(value);
        }
    }
}
