using System.Buffers.Binary;
using System.Text;

namespace Sparsify.DiskImages;

/// <summary>Reads the fields of one structure. Nothing outside it can be reached.</summary>
/// <param name="bytes">The structure.</param>
/// <param name="name">Its name, for errors.</param>
/// <param name="offset">Where it lies on its device, for errors.</param>
internal readonly ref struct StructureReader(ReadOnlySpan<byte> bytes, string name, long offset)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Length => _bytes.Length;

    public byte Byte(int at) => Slice(at, 1)[0];

    public ushort UInt16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(Slice(at, 2));

    public uint UInt32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(Slice(at, 4));

    public ulong UInt64(int at) => BinaryPrimitives.ReadUInt64LittleEndian(Slice(at, 8));

    public ushort UInt16Big(int at) => BinaryPrimitives.ReadUInt16BigEndian(Slice(at, 2));

    public uint UInt32Big(int at) => BinaryPrimitives.ReadUInt32BigEndian(Slice(at, 4));

    public ulong UInt64Big(int at) => BinaryPrimitives.ReadUInt64BigEndian(Slice(at, 8));

    /// <summary>A 64-bit number that counts or places bytes and so must fit a signed one.</summary>
    public long Int64(int at) => Signed(UInt64(at), at);

    /// <inheritdoc cref="Int64"/>
    public long Int64Big(int at) => Signed(UInt64Big(at), at);

    public ReadOnlySpan<byte> Slice(int at, int length)
    {
        if ((uint)at > (uint)_bytes.Length || (uint)length > (uint)(_bytes.Length - at))
            throw new MalformedStructureException(name, offset, $"{length} bytes at {at} lie outside its {_bytes.Length} bytes");
        return _bytes.Slice(at, length);
    }

    /// <summary>Printable text up to the first zero byte; null when there is none.</summary>
    public string? Label(int at, int length, Encoding encoding)
    {
        var text = encoding.GetString(Slice(at, length));
        var end = text.IndexOf('\0', StringComparison.Ordinal);
        return Printable(end < 0 ? text : text[..end]);
    }

    /// <summary>A guest's text without characters that could steer a terminal or forge a line; null when nothing is left.</summary>
    public static string? Printable(string text)
    {
        var clean = new string([.. text.Where(c => !char.IsControl(c) && !char.IsSurrogate(c) && c != '\uFFFD' && char.GetUnicodeCategory(c) != System.Globalization.UnicodeCategory.Format)]).Trim();
        return clean.Length == 0 ? null : clean;
    }

    private long Signed(ulong value, int at) => value <= long.MaxValue
        ? (long)value
        : throw new MalformedStructureException(name, offset, $"the number at {at}, {value}, is no count and no place");
}
