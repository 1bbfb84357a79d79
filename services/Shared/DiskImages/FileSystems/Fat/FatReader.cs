using Sparsify.DiskImages.Devices;
using Sparsify.DiskImages.Images;

namespace Sparsify.DiskImages.FileSystems.Fat;

/// <summary>
/// FAT12, FAT16 and FAT32. What is freed: every run of free clusters, as <c>fat_trim_fs</c> discards them. Sources: Microsoft
/// "FAT: General Overview of On-Disk Format" 1.03, sections "Boot Sector and BPB" and "FAT Data Structure"; Linux <c>fs/fat/fatent.c</c>.
/// </summary>
internal sealed class FatReader : IFileSystemReader
{
    private const int BootSize = 512;
    private const int FirstCluster = 2;
    private const int EntryBatch = 128 << 10;

    public FileSystemReading? Read(GuestDevice device)
    {
        if (device.Length < BootSize)
            return null;
        Span<byte> bytes = stackalloc byte[BootSize];
        device.Read(0, bytes, "the FAT boot sector");
        var boot = new StructureReader(bytes, "the FAT boot sector", 0);
        if (FatLayout.Of(boot, device.Length) is not { } layout)
            return null;
        var tally = new DiscardTally();
        var free = layout.Bits switch
        {
            12 => DiscardFat12(device, layout, tally),
            16 => DiscardRuns<ushort>(device, layout, tally, ushort.MaxValue),
            _ => DiscardRuns<uint>(device, layout, tally, 0x0FFF_FFFF),
        };
        return new FileSystemReading
        {
            Type = "vfat",
            Label = layout.Label,
            Size = layout.TotalSectors * layout.SectorSize,
            Free = free * layout.ClusterSize,
            Tally = tally,
        };
    }

    private static long DiscardFat12(GuestDevice device, FatLayout layout, DiscardTally tally)
    {
        var entries = layout.Clusters + FirstCluster;
        var table = device.Read(layout.TableOffset, (int)((entries * 3) + 1) / 2, "the FAT");
        var run = new Run(device, layout, tally);
        for (var i = FirstCluster; i < entries; i++)
        {
            var at = i * 3 / 2;
            var pair = table[at] | ((at + 1 < table.Length ? table[at + 1] : 0) << 8);
            run.See(i, ((i & 1) == 0 ? pair & 0xFFF : pair >> 4) == 0);
        }

        run.EndAt(entries);
        return run.Free;
    }

    private static long DiscardRuns<T>(GuestDevice device, FatLayout layout, DiscardTally tally, uint mask)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        var width = layout.Bits / 8;
        var entries = layout.Clusters + FirstCluster;
        var run = new Run(device, layout, tally);
        var buffer = new byte[EntryBatch];
        for (var first = 0L; first < entries;)
        {
            var count = (int)Math.Min(EntryBatch / width, entries - first);
            var place = layout.TableOffset + (first * width);
            if (device.ReadsAsZeros(place, (long)count * width))
            {
                run.See(Math.Max(first, FirstCluster), true);
            }
            else
            {
                device.Read(place, buffer.AsSpan(0, count * width), "the FAT");
                See(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(buffer.AsSpan(0, count * width)), first, mask, ref run);
            }

            first += count;
        }

        run.EndAt(entries);
        return run.Free;
    }

    private static void See<T>(ReadOnlySpan<T> entries, long first, uint mask, ref Run run)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        var bits = T.CreateTruncating(mask);
        for (var i = (int)Math.Max(0, FirstCluster - first); i < entries.Length;)
        {
            var isFree = (entries[i] & bits) == T.Zero;
            run.See(first + i, isFree);
            // Long rows of zeroes are the common case of a free table.
            var alike = isFree ? entries[i..].IndexOfAnyExcept(T.Zero) : 1;
            i += alike < 0 ? entries.Length - i : Math.Max(1, alike);
        }
    }

    /// <summary>Puts free clusters together to runs.</summary>
    private struct Run(GuestDevice device, FatLayout layout, DiscardTally tally)
    {
        private readonly long _least = ApplianceDisk.Granularity / layout.ClusterSize;
        private long _start = -1;

        public long Free { get; private set; }

        public void See(long cluster, bool isFree)
        {
            if (isFree && _start < 0)
                _start = cluster;
            else if (!isFree && _start >= 0)
                EndAt(cluster);
        }

        public void EndAt(long cluster)
        {
            if (_start < 0)
                return;
            var count = cluster - _start;
            Free += count;
            if (count >= _least)
                device.Discard(layout.DataOffset + ((_start - FirstCluster) * layout.ClusterSize), count * layout.ClusterSize, tally);
            _start = -1;
        }
    }
}
