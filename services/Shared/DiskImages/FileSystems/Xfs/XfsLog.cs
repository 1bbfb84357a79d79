using System.Buffers.Binary;
using Sparsify.DiskImages.Devices;

namespace Sparsify.DiskImages.FileSystems.Xfs;

/// <summary>
/// The log: whether it has to be replayed, and what mounting writes to it. Sources: "XFS Algorithms &amp; Data Structures",
/// section "Journaling Log"; Linux <c>fs/xfs/xfs_log_recover.c</c> (<c>xlog_find_head</c>, <c>xlog_clear_stale_blocks</c>).
/// </summary>
internal sealed class XfsLog
{
    private const int Sector = 512;
    private const uint HeaderMagic = 0xFEEDBABE;
    private const byte UnmountFlag = 0x20;

    /// <summary>A mount overwrites what follows the head as far as a crash could have left records: eight of 256 KiB.</summary>
    private const long StaleBytes = 8L * (256 << 10);
    private const long MostRecordSectors = 1024;

    private readonly GuestDevice _device;
    private readonly long _offset;
    private readonly long _sectors;
    private readonly long _head;

    public XfsLog(GuestDevice device, XfsSuperblock super)
    {
        _device = device;
        _offset = super.LogOffset;
        _sectors = super.LogBlocks * super.BlockSize / Sector;
        if (_sectors < 2 || _offset < 0 || _offset > device.Length - (_sectors * Sector))
            throw new MalformedStructureException("the XFS superblock", 0, $"its log of {_sectors} sectors at {_offset} lies outside");
        _head = FindHead();
        IsClean = EndsWithUnmount();
    }

    /// <summary>The last record says that the file system was unmounted.</summary>
    public bool IsClean { get; }

    /// <summary>Bytes that the image newly takes because a mount writes to the log after its head.</summary>
    public long GrowthOfMounting()
    {
        var start = _head * Sector;
        var length = Math.Min(StaleBytes, (_sectors * Sector) - start);
        var growth = _device.GrowthOfWriting(_offset + start, length);
        var rest = Math.Min(StaleBytes, _sectors * Sector) - length;
        return rest > 0 ? growth + _device.GrowthOfWriting(_offset, rest) : growth;
    }

    /// <summary>Every sector of the log begins with the number of the round it was written in; the head is where the number changes.</summary>
    private long FindHead()
    {
        var first = CycleAt(0);
        if (CycleAt(_sectors - 1) == first)
            return 0;
        var (low, high) = (0L, _sectors - 1);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (CycleAt(middle) == first)
                low = middle;
            else
                high = middle;
        }

        return high;
    }

    private bool EndsWithUnmount()
    {
        Span<byte> sector = stackalloc byte[Sector];
        for (var back = 1L; back <= Math.Min(MostRecordSectors, _sectors); back++)
        {
            var at = (_head - back + _sectors) % _sectors;
            _device.Read(_offset + (at * Sector), sector, "the XFS log");
            if (BinaryPrimitives.ReadUInt32BigEndian(sector) != HeaderMagic)
                continue;
            if (BinaryPrimitives.ReadUInt32BigEndian(sector[40..]) != 1)
                return false;
            // Version 2 records may have a header of several sectors.
            var size = BinaryPrimitives.ReadUInt32BigEndian(sector[8..]) >= 2 ? BinaryPrimitives.ReadUInt32BigEndian(sector[320..]) : 0;
            var headers = Math.Clamp((size + (32 << 10) - 1) / (32 << 10), 1, 8);
            _device.Read(_offset + ((at + headers) % _sectors * Sector), sector, "the XFS log");
            return (sector[9] & UnmountFlag) != 0;
        }

        // A log that was never written to holds nothing to replay.
        return CycleAt(0) == 0;
    }

    private uint CycleAt(long sector)
    {
        Span<byte> bytes = stackalloc byte[8];
        _device.Read(_offset + (sector * Sector), bytes, "the XFS log");
        var word = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        return word == HeaderMagic ? BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) : word;
    }
}
