namespace Sparsify.DiskImages.VolumeGroups;

/// <summary>
/// Names a logical volume that is not resolved here, where a discard of the appliance reaches it. Sources: libguestfs
/// <c>daemon/lvm.ml</c> (<c>lvs</c>); Linux <c>drivers/md/dm-snap.c</c>.
/// </summary>
internal static class UnseenKind
{
    /// <returns>A phrase, "a thin volume"; null where no discard comes to.</returns>
    public static string? Of(ConfigurationNode volume, bool isOrigin)
    {
        var type = volume.Sections.Values.Select(s => s.Text("type")).OfType<string>().FirstOrDefault(t => t != "striped") ?? "striped";
        // The appliance starts none that is to be skipped, so libguestfs does not list it: snapshots of thin volumes, mostly.
        if (volume.Texts("flags").Contains("ACTIVATION_SKIP"))
            return null;
        // A snapshot outside a thin pool and its origin take no discard from the kernel (EOPNOTSUPP): virt-sparsify fails, and nothing is lost.
        if (type == "snapshot" || (isOrigin && type != "thin"))
            return null;
        return type switch
        {
            // libguestfs does not list what others are made of.
            "thin-pool" or "cache-pool" or "vdo-pool" => null,
            "striped" => "a volume whose extents are not all found",
            "thin" => "a thin volume",
            "mirror" => "a mirrored volume",
            "cache" or "writecache" => "a cached volume",
            "vdo" => "a compressed volume (VDO)",
            _ when type.StartsWith("raid", StringComparison.Ordinal) => "a RAID volume",
            _ => $"a volume of the type {StructureReader.Printable(type)}",
        };
    }
}
