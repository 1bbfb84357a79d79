using Sparsify.DiskImages.Devices;

namespace Sparsify.DiskImages.FileSystems.Ext;

/// <summary>
/// What replaying the journal will write: a run mounts the file system, which replays it, before anything is trimmed.
/// Source: Linux <c>Documentation/filesystems/ext4/journal.rst</c>, <c>fs/jbd2/recovery.c</c>.
/// </summary>
internal sealed class ExtJournal
{
    private const uint Magic = 0xC03B3998;
    private const uint DescriptorType = 1;
    private const uint CommitType = 2;
    private const uint RevokeType = 5;
    private const uint SixtyFourBit = 2;
    private const uint ChecksumV2 = 8;
    private const uint ChecksumV3 = 16;
    private const int Escaped = 1;
    private const int SameUuid = 2;
    private const int LastTag = 8;

    private readonly GuestDevice _device;
    private readonly ExtInodeBlocks _blocks;
    private readonly int _blockSize;
    private readonly uint _features;
    private readonly long _first;
    private readonly long _end;
    private readonly byte[] _buffer;
    private readonly List<(uint Sequence, long Block, long Copy, bool Escaped)> _writes = [];
    private readonly Dictionary<long, uint> _revoked = [];

    private ExtJournal(GuestDevice device, ExtSuperblock super)
    {
        (_device, _blockSize) = (device, super.BlockSize);
        _blocks = new ExtInodeBlocks(device, super, super.JournalInode);
        _buffer = new byte[_blockSize];
        var head = new StructureReader(Block(0), "the ext journal's superblock", 0);
        if (head.UInt32Big(0) != Magic || head.UInt32Big(12) != _blockSize)
            throw new MalformedStructureException("the ext journal's superblock", 0, $"magic {head.UInt32Big(0):x}, blocks of {head.UInt32Big(12)} bytes");
        (_features, _first, _end) = (head.UInt32Big(40), head.UInt32Big(20), Math.Min(head.UInt32Big(16), _blocks.Count));
        var start = head.UInt32Big(28);
        if (start != 0 && _first > 0 && start >= _first && start < _end)
            Scan(start, head.UInt32Big(24));
    }

    /// <summary>The blocks that the replay writes.</summary>
    /// <exception cref="MalformedStructureException">The journal makes no sense.</exception>
    public static ReplayedBlocks Read(GuestDevice device, ExtSuperblock super)
    {
        var replayed = new ReplayedBlocks(super.BlockSize);
        if (super.JournalInode == 0)
            return replayed;
        var journal = new ExtJournal(device, super);
        foreach (var (sequence, block, copy, escaped) in journal._writes)
        {
            // A block that was freed later on is not brought back.
            if (!journal._revoked.TryGetValue(block, out var revoked) || (int)(sequence - revoked) > 0)
                replayed.Set(block, copy, escaped);
        }

        return replayed;
    }

    /// <summary>Goes through the transactions up to the first that was not committed.</summary>
    private void Scan(long at, uint sequence)
    {
        var (writes, revokes) = (new List<(uint, long, long, bool)>(), new List<long>());
        for (var seen = 0L; seen < _end; seen++)
        {
            var header = new StructureReader(Block(at), "a journal block", at);
            if (header.UInt32Big(0) != Magic || header.UInt32Big(8) != sequence)
                return;
            var type = header.UInt32Big(4);
            at = After(at);
            if (type == DescriptorType)
            {
                foreach (var (block, escaped) in Tags(header))
                {
                    writes.Add((sequence, block, Place(at), escaped));
                    at = After(at);
                    seen++;
                }
            }
            else if (type == RevokeType)
            {
                revokes.AddRange(Revokes(header));
            }
            else if (type == CommitType)
            {
                _writes.AddRange(writes);
                foreach (var block in revokes)
                    _revoked[block] = sequence;
                writes.Clear();
                revokes.Clear();
                sequence++;
            }
            else
            {
                return;
            }
        }
    }

    private List<(long Block, bool Escaped)> Tags(StructureReader header)
    {
        var tags = new List<(long, bool)>();
        var isThird = (_features & ChecksumV3) != 0;
        var wide = (_features & SixtyFourBit) != 0;
        var size = isThird ? 16 : 12 + ((_features & ChecksumV2) != 0 ? 2 : 0) - (wide ? 0 : 4);
        var end = _blockSize - ((_features & (ChecksumV2 | ChecksumV3)) != 0 ? 4 : 0);
        for (var at = 12; at + size <= end;)
        {
            var flags = isThird ? (int)header.UInt32Big(at + 4) : header.UInt16Big(at + 6);
            tags.Add((header.UInt32Big(at) | (wide ? (long)header.UInt32Big(at + 8) << 32 & long.MaxValue : 0), (flags & Escaped) != 0));
            if ((flags & LastTag) != 0)
                break;
            at += size + ((flags & SameUuid) != 0 ? 0 : 16);
        }

        return tags;
    }

    private List<long> Revokes(StructureReader header)
    {
        var width = (_features & SixtyFourBit) != 0 ? 8 : 4;
        var blocks = new List<long>();
        var end = Math.Min(header.UInt32Big(12), (uint)_blockSize);
        for (var at = 16; at + width <= end; at += width)
            blocks.Add(width == 8 ? header.Int64Big(at) : header.UInt32Big(at));
        return blocks;
    }

    private long After(long at) => at + 1 < _end ? at + 1 : _first;

    private long Place(long at) => _blocks.Find(at) is { } block && block <= _device.Length / _blockSize
        ? block * _blockSize
        : throw new MalformedStructureException("the ext journal", at, $"block {at} of it has no place");

    private byte[] Block(long at)
    {
        _device.Read(Place(at), _buffer, "a journal block");
        return _buffer;
    }
}
