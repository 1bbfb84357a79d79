using System.Text;
using Sparsify.DiskImages.Files;

namespace Sparsify.DiskImages.Images.Qcow2;

/// <summary>
/// The header of a qcow2 image. Source: QEMU <c>docs/interop/qcow2.txt</c>, sections "Header" and "Header extensions";
/// the limits are those of QEMU's own reader.
/// </summary>
public sealed record Qcow2Header
{
    private const uint Magic = 0x514649FB; // "QFI\xfb"
    private const int Version2Length = 72;
    private const int Version3Length = 104;
    private const uint BackingFormatExtension = 0xE2792ACA;
    private const int MaximumBackingName = 1023;
    private const int MaximumClusterBits = 21;
    private const int MaximumL1Bytes = 32 << 20;
    private const int ReadLimit = 64 << 10;
    private const ulong KnownIncompatible = 0x1F;

    /// <summary>2 or 3.</summary>
    public required int Version { get; init; }

    /// <summary>Size of the disk as the guest sees it, bytes.</summary>
    public required long VirtualSize { get; init; }

    /// <summary>Binary logarithm of the cluster size.</summary>
    public required int ClusterBits { get; init; }

    /// <summary>The name of the image below, as the image has it; null when there is none.</summary>
    public string? BackingFile { get; init; }

    /// <summary>The format of the image below; null when the image does not say.</summary>
    public string? BackingFormat { get; init; }

    /// <summary>The guest's data is encrypted by the image itself (LUKS or the old AES).</summary>
    public required bool Encrypted { get; init; }

    /// <summary>Internal snapshots.</summary>
    public required int InternalSnapshots { get; init; }

    /// <summary>It was not closed in order, and reference counts have to be mended before it is written.</summary>
    public bool Dirty => (Incompatible & 1) != 0;

    /// <summary>QEMU found it corrupt and does not write it.</summary>
    public bool Corrupt => (Incompatible & 2) != 0;

    /// <summary>The guest's data is kept in another file.</summary>
    public bool ExternalData => (Incompatible & 4) != 0;

    /// <summary>Clusters have 32 parts that are kept apart from each other.</summary>
    public bool ExtendedL2 => (Incompatible & 16) != 0;

    /// <summary>Compressed clusters are in Zstandard's format, in place of deflate's.</summary>
    public bool Zstandard { get; init; }

    internal ulong Incompatible { get; init; }

    internal int L1Entries { get; init; }

    internal long L1Offset { get; init; }

    internal long RefcountTableOffset { get; init; }

    internal long RefcountTableClusters { get; init; }

    internal int RefcountBits { get; init; }

    internal int ClusterSize => 1 << ClusterBits;

    /// <summary>Reads the header of a file.</summary>
    /// <exception cref="ImageFormatException">It is no qcow2 image, or its header is malformed.</exception>
    /// <exception cref="IOException">The storage does not answer.</exception>
    public static Qcow2Header Read(string path)
    {
        using var file = new StoredFile(path);
        return Read(file);
    }

    internal static Qcow2Header Read(ImageFile file)
    {
        var bytes = new byte[(int)Math.Min(ReadLimit, file.Length)];
        file.Read(0, bytes);
        try
        {
            return Parse(new StructureReader(bytes, "the qcow2 header", 0), file);
        }
        catch (MalformedStructureException e)
        {
            throw new ImageFormatException(file.Path, e.Structure, e.Offset, e.Message);
        }
    }

    private static Qcow2Header Parse(StructureReader header, ImageFile file)
    {
        if (header.Length < Version2Length || header.UInt32Big(0) != Magic)
            throw Malformed(file, 0, "it does not start with a qcow2 header");
        var version = header.UInt32Big(4);
        if (version is not (2 or 3) || (version == 3 && header.Length < Version3Length))
            throw Malformed(file, 4, $"its version is {version}; 2 and 3 are known");
        var incompatible = version == 3 ? header.UInt64Big(72) : 0;
        if ((incompatible & ~KnownIncompatible) != 0)
            throw Malformed(file, 72, $"it has the unknown incompatible features {incompatible & ~KnownIncompatible:x}");
        var clusterBits = header.UInt32Big(20);
        if (clusterBits > MaximumClusterBits || clusterBits < ((incompatible & 16) != 0 ? 14 : 9))
            throw Malformed(file, 20, $"its cluster size is 2^{clusterBits}");
        var extensions = version == 3 ? header.UInt32Big(100) : Version2Length;
        if (version == 3 && (extensions < Version3Length || extensions > header.Length))
            throw Malformed(file, 100, $"its header length is {extensions}");
        var refcountOrder = version == 3 ? header.UInt32Big(96) : 4;
        if (refcountOrder > 6)
            throw Malformed(file, 96, $"its reference counts have 2^{refcountOrder} bits");
        var size = header.Int64Big(24);
        var l1Entries = header.UInt32Big(36);
        var perL1Entry = (1L << (int)clusterBits) * ((1L << (int)clusterBits) / ((incompatible & 16) != 0 ? 16 : 8));
        // The last L1 entry that the size needs must be there, else the guest's end could not be read.
        if (l1Entries > MaximumL1Bytes / 8 || l1Entries < (size / perL1Entry) + (size % perL1Entry > 0 ? 1 : 0))
            throw Malformed(file, 36, $"its L1 table has {l1Entries} entries for a disk of {size} bytes");
        return new Qcow2Header
        {
            Version = (int)version,
            VirtualSize = size,
            ClusterBits = (int)clusterBits,
            BackingFile = BackingName(header, file),
            BackingFormat = Extension(header, (int)extensions, BackingFormatExtension),
            Encrypted = header.UInt32Big(32) != 0,
            InternalSnapshots = (int)Math.Min(header.UInt32Big(60), int.MaxValue),
            Zstandard = (incompatible & 8) != 0 && header.Length > 104 && header.Byte(104) == 1,
            Incompatible = incompatible,
            L1Entries = (int)l1Entries,
            L1Offset = header.Int64Big(40),
            RefcountTableOffset = header.Int64Big(48),
            RefcountTableClusters = header.UInt32Big(56),
            RefcountBits = 1 << (int)refcountOrder,
        };
    }

    private static string? BackingName(StructureReader header, ImageFile file)
    {
        var (offset, length) = (header.UInt64Big(8), header.UInt32Big(16));
        if (offset == 0 || length == 0)
            return null;
        if (length > MaximumBackingName || offset > (ulong)header.Length || offset + length > (ulong)header.Length)
            throw Malformed(file, 8, $"its backing file's name, at {offset} with {length} bytes, lies outside the header");
        return Encoding.UTF8.GetString(header.Slice((int)offset, (int)length));
    }

    private static string? Extension(StructureReader header, int offset, uint wanted)
    {
        while (offset + 8 <= header.Length)
        {
            var (type, length) = (header.UInt32Big(offset), header.UInt32Big(offset + 4));
            if (type == 0 || length > (uint)(header.Length - offset - 8))
                return null;
            if (type == wanted)
                return Encoding.ASCII.GetString(header.Slice(offset + 8, (int)length));
            offset += 8 + (((int)length + 7) & ~7);
        }

        return null;
    }

    private static ImageFormatException Malformed(ImageFile file, long offset, string reason) => new(file.Path, "the qcow2 header", offset, reason);
}
