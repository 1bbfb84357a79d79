using System.Text;
using Sparsify.DiskImages.Devices;
using Sparsify.DiskImages.Partitions;

namespace Sparsify.DiskImages.VolumeGroups;

/// <summary>An LVM2 physical volume: its label, header and the text that describes its group. Source: LVM2 <c>lib/format_text/layout.h</c>, <c>lib/label/label.h</c>.</summary>
/// <param name="Device">What it lies on.</param>
/// <param name="Id">Its identifier, without dashes.</param>
/// <param name="Text">The newest description of the group; null when this volume keeps none.</param>
/// <param name="DiskOffset">Where it starts on the disk, bytes.</param>
/// <param name="Name">The device's name in the appliance.</param>
internal sealed record PhysicalVolume(GuestDevice Device, string Id, string? Text, long DiskOffset, string Name)
{
    private const int Sector = 512;
    private const int LabelSectors = 4;
    private const uint ChecksumSeed = 0xF597A6CF;
    private const int MostText = 16 << 20;
    private const int MetadataHeader = 512;
    private const uint Ignored = 1;
    private static readonly byte[] MetadataMagic = [0x20, .. "LVM2 x[5A%r0N*>"u8];

    /// <summary>Null when the device is no physical volume.</summary>
    /// <exception cref="MalformedStructureException">It is one that makes no sense.</exception>
    public static PhysicalVolume? Read(GuestDevice device, long diskOffset, string name)
    {
        for (var i = 0; i < LabelSectors && (i + 1L) * Sector <= device.Length; i++)
        {
            if (!device.Has(i * Sector, "LABELONE"u8) || !device.Has((i * Sector) + 24, "LVM2 001"u8))
                continue;
            var raw = device.Read(i * Sector, Sector, "an LVM2 label");
            var label = new StructureReader(raw, "an LVM2 label", i * Sector);
            if (label.UInt64(8) != (ulong)i || Crc32.Of(ChecksumSeed, raw.AsSpan(20)) != label.UInt32(16))
                throw new MalformedStructureException("an LVM2 label", i * Sector, "its sector number or checksum does not fit");
            return ReadHeader(device, label, (int)Math.Min(label.UInt32(20), Sector), diskOffset, name);
        }

        return null;
    }

    private static PhysicalVolume ReadHeader(GuestDevice device, StructureReader label, int at, long diskOffset, string name)
    {
        var id = Encoding.ASCII.GetString(label.Slice(at, 32));
        // Two lists, each with an end mark of zeroes: where data lies, and where descriptions lie.
        at += 40;
        while (label.UInt64(at) != 0)
            at += 16;
        string? text = null;
        for (at += 16; label.UInt64(at) != 0; at += 16)
            text ??= ReadText(device, label.Int64(at), label.Int64(at + 8));
        return new PhysicalVolume(device, id, text, diskOffset, name);
    }

    private static string? ReadText(GuestDevice device, long area, long size)
    {
        var header = new StructureReader(device.Read(area, MetadataHeader, "an LVM2 metadata area"), "an LVM2 metadata area", area);
        if (!header.Slice(4, 16).SequenceEqual(MetadataMagic))
            throw new MalformedStructureException("an LVM2 metadata area", area, "its mark is missing");
        var (offset, length) = (header.Int64(40), header.Int64(48));
        if (length == 0 || (header.UInt32(60) & Ignored) != 0)
            return null;
        if (length > MostText || length > size - MetadataHeader || offset < MetadataHeader || offset >= size)
            throw new MalformedStructureException("an LVM2 metadata area", area, $"a description of {length} bytes at {offset}, in an area of {size}");
        // The area is a ring behind its header.
        var text = new byte[length];
        var first = (int)Math.Min(length, size - offset);
        device.Read(area + offset, text.AsSpan(0, first), "an LVM2 description");
        device.Read(area + MetadataHeader, text.AsSpan(first), "an LVM2 description");
        if (Crc32.Of(ChecksumSeed, text) != header.UInt32(56))
            throw new MalformedStructureException("an LVM2 description", area + offset, "its checksum does not fit");
        return Encoding.UTF8.GetString(text).TrimEnd('\0');
    }
}
