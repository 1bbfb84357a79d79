using System.Buffers.Binary;
using Sparsify.DiskImages.Partitions;
using Sparsify.Fuzzing.Seeds;

namespace Sparsify.Fuzzing.Mutation;

/// <summary>Makes the checksums of GPT and LVM2 fit what was changed, so that inputs reach what lies behind them.</summary>
internal static class Checksums
{
    private const uint LvmSeed = 0xF597A6CF;

    public static void Mend(SparseBytes content, List<(long Offset, byte Value)> changes)
    {
        if (Read(content, changes, 512, 8).AsSpan().SequenceEqual("EFI PART"u8))
            MendGpt(content, changes);
        foreach (var start in new[] { 512L, (1 << 20) + 512L })
        {
            if (Read(content, changes, start, 8).AsSpan().SequenceEqual("LABELONE"u8))
                MendLvm(content, changes, start);
        }
    }

    private static void MendGpt(SparseBytes content, List<(long, byte)> changes)
    {
        var header = Read(content, changes, 512, 512);
        var (entries, count) = (BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(72)), BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(80)));
        if (entries < 64 && count <= 256)
            Put(changes, 512 + 88, Crc32.Of(Read(content, changes, (long)entries * 512, (int)count * 128)));
        header = Read(content, changes, 512, 512);
        var size = Math.Min(512, BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(12)));
        header.AsSpan(16, 4).Clear();
        Put(changes, 512 + 16, Crc32.Of(header.AsSpan(0, (int)size)));
    }

    private static void MendLvm(SparseBytes content, List<(long, byte)> changes, long label)
    {
        const int Area = 4096 - 512;
        var header = Read(content, changes, label + Area, 64);
        var (offset, length) = (BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(40)), BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(48)));
        if (offset < 1 << 20 && length < 1 << 16)
            Put(changes, label + Area + 56, Crc32.Of(LvmSeed, Read(content, changes, label + Area + (long)offset, (int)length)));
        Put(changes, label + 16, Crc32.Of(LvmSeed, Read(content, changes, label + 20, 492)));
    }

    private static byte[] Read(SparseBytes content, List<(long Offset, byte Value)> changes, long offset, int length)
    {
        var bytes = new byte[length];
        content.Read(offset, bytes);
        foreach (var (at, value) in changes)
        {
            if (at >= offset && at < offset + length)
                bytes[at - offset] = value;
        }

        return bytes;
    }

    private static void Put(List<(long, byte)> changes, long offset, uint value)
    {
        for (var i = 0; i < 4; i++)
            changes.Add((offset + i, (byte)(value >> (i * 8))));
    }
}
