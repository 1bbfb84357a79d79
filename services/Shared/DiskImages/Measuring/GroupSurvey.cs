using Sparsify.DiskImages.Devices;
using Sparsify.DiskImages.Images;
using Sparsify.DiskImages.VolumeGroups;

namespace Sparsify.DiskImages.Measuring;

/// <summary>Goes through one volume group: its logical volumes, then the space that belongs to none.</summary>
internal sealed class GroupSurvey(VolumeGroup group, IReadOnlyList<PhysicalVolume> physical, List<Region> regions, List<string> unseen, GroupSurvey.Examination examine)
{
    /// <summary>Looks into a device and adds what it finds to the regions.</summary>
    internal delegate void Examination(GuestDevice device, RegionKind kind, long start, string name, string? label);

    public void Run()
    {
        if (group.Missing.Count > 0)
        {
            regions.Add(new Region
            {
                Kind = RegionKind.Opaque,
                FileSystem = "LVM2_member",
                Label = group.Name,
                Start = physical[0].DiskOffset,
                Size = physical.Sum(p => p.Device.Length),
                Reclaimable = 0,
                Note = $"The volume group '{group.Name}' needs {group.Missing.Count} more disk(s): virt-sparsify fails on one of them alone.",
                Hazard = Hazard.VolumeGroupIncomplete,
            });
            return;
        }

        foreach (var volume in group.Volumes.Where(v => v.IsVisible))
            Look(volume);
        AddFreeSpace();
    }

    private void Look(LogicalVolume volume)
    {
        var label = $"{group.Name}/{volume.Name}";
        var problem = volume.Problem ?? (volume.IsWritable ? null : "It is read-only.");
        if (volume is { Unseen: { } kind, IsWritable: true })
            unseen.Add($"/dev/{label} is {kind}");
        if (problem is not null)
        {
            regions.Add(new Region { Kind = RegionKind.Opaque, Label = label, Start = physical[0].DiskOffset, Size = volume.Size, Reclaimable = 0, Note = $"{problem} It counts as not reclaimable.", IsExact = volume.Problem is null });
            return;
        }

        if (volume.Segments.Count > 0)
            examine(new LogicalVolumeDevice(volume.Segments), RegionKind.LogicalVolume, StartOf(volume.Segments[0].Stripes[0]), $"/dev/{group.Name}/{volume.Name}", label);
    }

    private void AddFreeSpace()
    {
        var tally = new DiscardTally();
        var (size, start) = (0L, long.MaxValue);
        foreach (var (volume, offset, length) in group.FreePieces())
        {
            size += length;
            start = Math.Min(start, volume.DiskOffset + offset);
            if (group.IsWritable)
                volume.Device.Discard(offset, length, tally);
        }

        if (size == 0)
            return;
        regions.Add(new Region
        {
            Kind = RegionKind.GroupFreeSpace,
            Label = group.Name,
            Start = start,
            Size = size,
            Used = 0,
            Free = size,
            Reclaimable = tally.Reclaimable,
            HeldBySnapshots = tally.Held,
            Note = group.IsWritable ? null : "The group is exported or read-only: nothing of it comes back.",
            Device = group.IsWritable ? group.Name : null,
        });
    }

    private long StartOf((GuestDevice Device, long Offset) stripe) => physical.First(p => p.Device == stripe.Device).DiskOffset + stripe.Offset;
}
