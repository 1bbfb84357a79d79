namespace Sparsify.DiskImages.FileSystems.Ntfs;

/// <summary>One record of the master file table. Source: "NTFS Documentation", "FILE record".</summary>
internal sealed class NtfsRecord
{
    public const uint AttributeListType = 0x20;
    public const uint VolumeNameType = 0x60;
    public const uint VolumeInformationType = 0x70;
    public const uint DataType = 0x80;
    public const uint IndexRootType = 0x90;
    public const uint IndexAllocationType = 0xA0;
    private const uint EndMark = 0xFFFF_FFFF;
    private readonly byte[] _bytes;

    public NtfsRecord(byte[] bytes, long number)
    {
        (_bytes, Number) = (bytes, number);
        if (!bytes.AsSpan(0, 4).SequenceEqual("FILE"u8))
            throw new MalformedStructureException("an NTFS file record", number, "it does not start with FILE");
    }

    public long Number { get; }

    /// <summary>The record's first attribute of a type, without a name of its own unless one is asked for; null when there is none.</summary>
    public NtfsAttribute? Find(uint type, string name = "")
    {
        var record = new StructureReader(_bytes, "an NTFS file record", Number);
        for (int at = record.UInt16(20); at + 16 <= _bytes.Length;)
        {
            var (found, length) = (record.UInt32(at), record.UInt32(at + 4));
            if (found == EndMark)
                return null;
            if (length < 16 || length > (uint)(_bytes.Length - at))
                throw new MalformedStructureException("an NTFS attribute", Number, $"it has {length} bytes, at {at} of a record of {_bytes.Length}");
            var attribute = new NtfsAttribute(_bytes.AsMemory(at, (int)length), Number);
            if (found == type && attribute.Name == name)
                return attribute;
            at += (int)length;
        }

        return null;
    }
}
