using Sparsify.DiskImages.Devices;

namespace Sparsify.DiskImages.FileSystems.Opaque;

/// <summary>Recognises file systems that are not looked into, so that they can be named. Source: util-linux <c>libblkid/src/superblocks</c>.</summary>
internal sealed class SignatureReader : IFileSystemReader
{
    private const string NotRead = "This file system is not looked into; a run may give back some of it.";
    private const string NeverTrimmed = "It cannot be trimmed.";

    private sealed record Signature(string Type, long Offset, byte[] Bytes, string Note, bool IsExact = true);

    private static readonly Signature[] Signatures =
    [
        new("exfat", 3, [.. "EXFAT   "u8], NotRead, IsExact: false),
        new("squashfs", 0, [.. "hsqs"u8], NeverTrimmed),
        new("erofs", 1024, [0xE2, 0xE1, 0xF5, 0xE0], NeverTrimmed),
        new("cramfs", 0, [0x45, 0x3D, 0xCD, 0x28], NeverTrimmed),
        new("f2fs", 1024, [0x10, 0x20, 0xF5, 0xF2], NotRead, IsExact: false),
        new("jfs", 32768, [.. "JFS1"u8], NotRead, IsExact: false),
        new("nilfs2", 1030, [0x34, 0x34], NotRead, IsExact: false),
        new("reiserfs", 65588, [.. "ReIsEr"u8], NeverTrimmed),
        new("gfs2", 65536, [0x01, 0x16, 0x19, 0x70], NotRead, IsExact: false),
        new("ocfs2", 4096, [.. "OCFSV2"u8], NotRead, IsExact: false),
        new("iso9660", 32769, [.. "CD001"u8], NeverTrimmed),
        new("udf", 32769, [.. "BEA01"u8], NeverTrimmed),
        new("hfsplus", 1024, [.. "H+"u8], NeverTrimmed),
        new("hfsx", 1024, [.. "HX"u8], NeverTrimmed),
        new("apfs", 32, [.. "NXSB"u8], NeverTrimmed),
        new("refs", 3, [.. "ReFS"u8], NeverTrimmed),
        new("bcache", 4120, [0xC6, 0x85, 0x73, 0xF6, 0x4E, 0x1A, 0x45, 0xCA], NotRead, IsExact: false),
        new("bcachefs", 4120, [0xC6, 0x85, 0x73, 0xF6, 0x4E, 0x1A, 0x48, 0xCA], NotRead, IsExact: false),
    ];

    public FileSystemReading? Read(GuestDevice device)
    {
        foreach (var signature in Signatures)
        {
            if (device.Has(signature.Offset, signature.Bytes))
                return FileSystemReading.Opaque(signature.Type, signature.Note, signature.IsExact);
        }

        return null;
    }
}
