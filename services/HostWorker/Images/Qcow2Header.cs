using System.Buffers.Binary;
using System.Text;

namespace Sparsify.HostWorker.Images;

/// <summary>
/// The header of a qcow2 file. Read here and not by qemu-img, which opens the files that an image names.
/// Source: QEMU <c>docs/interop/qcow2.txt</c>, sections "Header" and "Header extensions".
/// </summary>
internal sealed record Qcow2Header(int Version, long VirtualSize, string? BackingFile, string? BackingFormat, bool Encrypted, int InternalSnapshots, bool ExternalData)
{
    private const uint Magic = 0x514649FB; // "QFI\xfb"
    private const uint BackingFormatExtension = 0xE2792ACA;
    private const ulong ExternalDataBit = 1 << 2;
    private const int MaximumBackingName = 1023;
    private const int HeaderLimit = 64 * 1024;

    /// <summary>Reads the header.</summary>
    /// <exception cref="ImageFormatException">It is no qcow2 file, or its header is malformed.</exception>
    public static Qcow2Header Read(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[(int)Math.Min(HeaderLimit, RandomAccess.GetLength(file))];
        var read = RandomAccess.Read(file, bytes, 0);
        return Parse(bytes.AsSpan(0, read), path);
    }

    internal static Qcow2Header Parse(ReadOnlySpan<byte> header, string path)
    {
        if (header.Length < 72 || BinaryPrimitives.ReadUInt32BigEndian(header) != Magic)
            throw new ImageFormatException(path, "it does not start with a qcow2 header");
        var version = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        if (version is not (2 or 3) || (version == 3 && header.Length < 104))
            throw new ImageFormatException(path, $"its qcow2 version is {version}; 2 and 3 are known");
        var size = BinaryPrimitives.ReadUInt64BigEndian(header[24..]);
        if (size > long.MaxValue)
            throw new ImageFormatException(path, $"its virtual size {size} is not a size");
        var features = version == 3 ? BinaryPrimitives.ReadUInt64BigEndian(header[72..]) : 0;
        var extensions = version == 3 ? BinaryPrimitives.ReadUInt32BigEndian(header[100..]) : 72;
        return new Qcow2Header(
            (int)version,
            (long)size,
            BackingName(header, path),
            Extension(header, extensions, BackingFormatExtension),
            BinaryPrimitives.ReadUInt32BigEndian(header[32..]) != 0,
            (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(header[60..]), int.MaxValue),
            (features & ExternalDataBit) != 0);
    }

    private static string? BackingName(ReadOnlySpan<byte> header, string path)
    {
        var offset = BinaryPrimitives.ReadUInt64BigEndian(header[8..]);
        var length = BinaryPrimitives.ReadUInt32BigEndian(header[16..]);
        if (offset == 0)
            return null;
        if (length > MaximumBackingName || offset > (ulong)header.Length || offset + length > (ulong)header.Length)
            throw new ImageFormatException(path, $"its backing file's name, at {offset} with {length} bytes, lies outside the header");
        return Encoding.UTF8.GetString(header.Slice((int)offset, (int)length));
    }

    private static string? Extension(ReadOnlySpan<byte> header, uint offset, uint wanted)
    {
        while (offset + 8 <= (uint)header.Length)
        {
            var type = BinaryPrimitives.ReadUInt32BigEndian(header[(int)offset..]);
            var length = BinaryPrimitives.ReadUInt32BigEndian(header[(int)(offset + 4)..]);
            if (type == 0 || length > (uint)header.Length - offset - 8)
                return null;
            if (type == wanted)
                return Encoding.ASCII.GetString(header.Slice((int)offset + 8, (int)length));
            offset += 8 + ((length + 7) & ~7u);
        }

        return null;
    }
}
