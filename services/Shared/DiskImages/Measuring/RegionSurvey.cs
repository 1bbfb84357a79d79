using Sparsify.DiskImages.Devices;
using Sparsify.DiskImages.FileSystems;
using Sparsify.DiskImages.FileSystems.Btrfs;
using Sparsify.DiskImages.FileSystems.Ext;
using Sparsify.DiskImages.FileSystems.Fat;
using Sparsify.DiskImages.FileSystems.Ntfs;
using Sparsify.DiskImages.FileSystems.Opaque;
using Sparsify.DiskImages.FileSystems.Swap;
using Sparsify.DiskImages.FileSystems.Xfs;
using Sparsify.DiskImages.Partitions;
using Sparsify.DiskImages.VolumeGroups;

namespace Sparsify.DiskImages.Measuring;

/// <summary>Goes through a disk as libguestfs does: partitions or the whole disk, then the logical volumes of the groups that were found.</summary>
internal sealed class RegionSurvey(ApplianceDisk disk)
{
    private const string DiskName = "/dev/sda";

    /// <summary>In the order in which they are asked: what may look like another one first.</summary>
    private static readonly IFileSystemReader[] Readers =
        [new ContainerReader(), new XfsReader(), new BtrfsReader(), new ExtReader(), new NtfsReader(), new FatReader(), new SwapReader(), new SignatureReader()];

    private readonly List<Region> _regions = [];
    private readonly List<PhysicalVolume> _physical = [];
    private readonly List<string> _unseen = [];
    private readonly Dictionary<string, GuestDevice> _devices = new(StringComparer.Ordinal);

    /// <summary>What was looked into, by its name in the appliance, whatever it holds.</summary>
    public IReadOnlyDictionary<string, GuestDevice> Devices => _devices;

    /// <summary>The volume groups that were found.</summary>
    public IReadOnlyList<VolumeGroup> Groups { get; private set; } = [];

    /// <summary>What the appliance may open, so that virt-sparsify may have a step in it, and what is not looked into here: a phrase each.</summary>
    public IReadOnlyList<string> Unseen => _unseen;

    public IReadOnlyList<Region> Regions()
    {
        PartitionTable? table;
        try
        {
            table = PartitionTable.Read(disk);
        }
        catch (MalformedStructureException e)
        {
            _unseen.Add($"{DiskName} has a partition table that makes no sense ({e.Message})");
            return [OpaqueRegion(0, disk.Length, "malformed partition table", e)];
        }

        if (table is null)
            Examine(disk, RegionKind.Disk, 0, DiskName);
        else
            ExaminePartitions(table);
        ExamineGroups();
        return _regions;
    }

    private void ExaminePartitions(PartitionTable table)
    {
        var after = 0L;
        foreach (var partition in table.Partitions.OrderBy(p => p.Start))
        {
            if (partition.Start < after || partition.Length > disk.Length - partition.Start)
            {
                _unseen.Add($"{DiskName}{partition.Number} is a partition that overlaps another one or the disk's end");
                _regions.Add(new Region { Kind = RegionKind.Opaque, Start = partition.Start, Size = partition.Length, Reclaimable = 0, Note = $"Partition {partition.Number} overlaps another one or the disk's end.", IsExact = false });
                continue;
            }

            after = partition.Start + partition.Length;
            var first = _regions.Count;
            Examine(new SliceDevice(disk, partition.Start, partition.Length), RegionKind.Partition, partition.Start, $"{DiskName}{partition.Number}");
            for (var i = first; i < _regions.Count && table.Note is not null; i++)
                _regions[i] = _regions[i] with { Reclaimable = 0, HeldBySnapshots = 0, Device = null, Hazard = Hazard.None, Note = table.Note };
        }

        if (table.Note is not null)
        {
            _physical.Clear();
            _unseen.Clear();
        }
    }

    private void Examine(GuestDevice device, RegionKind kind, long start, string name, string? label = null)
    {
        try
        {
            if (kind != RegionKind.LogicalVolume && PhysicalVolume.Read(device, start, name) is { } physical)
            {
                _physical.Add(physical);
                return;
            }

            _devices[name] = device;

            var reading = Readers.Select(r => r.Read(device)).FirstOrDefault(r => r is not null);
            if (reading is { IsRaidMember: true })
                _unseen.Add($"{name} is a member of a Linux software RAID");
            _regions.Add(reading is null ? Nothing(device, start, label) : Describe(reading, kind, device, start, name, label));
        }
        catch (MalformedStructureException e)
        {
            _regions.Add(OpaqueRegion(start, device.Length, label, e));
            if (!_devices.ContainsKey(name))
                _unseen.Add($"{name} is a physical volume that makes no sense ({e.Message})");
        }
    }

    private static Region Nothing(GuestDevice device, long start, string? label) => new()
    {
        Kind = RegionKind.Opaque,
        Label = label,
        Start = start,
        Size = device.Length,
        Reclaimable = 0,
        Note = "Nothing that is known is in it; virt-sparsify leaves it alone.",
    };

    private static Region OpaqueRegion(long start, long size, string? label, MalformedStructureException e) => new()
    {
        Kind = RegionKind.Opaque,
        Label = label,
        Start = start,
        Size = size,
        Reclaimable = 0,
        Note = $"Malformed: {e.Message}.",
        IsExact = false,
    };

    private static Region Describe(FileSystemReading reading, RegionKind kind, GuestDevice device, long start, string name, string? label) => new()
    {
        Kind = reading.IsOpaque ? RegionKind.Opaque : reading.IsSwap ? RegionKind.Swap : kind,
        FileSystem = reading.Type,
        Label = label ?? reading.Label,
        Start = start,
        Size = device.Length,
        Used = reading.Free is { } free ? Math.Max(0, (reading.Size ?? device.Length) - free) : null,
        Free = reading.Free,
        Reclaimable = reading.Tally.Reclaimable,
        HeldBySnapshots = reading.Tally.Held,
        Note = reading.Note,
        IsExact = reading.IsExact,
        Hazard = reading.IsEncrypted ? Hazard.Encrypted : Hazard.None,
        Device = reading.IsOpaque ? null : name,
    };

    private void ExamineGroups()
    {
        if (_physical.Count == 0)
            return;
        try
        {
            Groups = VolumeGroup.Of(_physical);
            foreach (var group in Groups)
                new GroupSurvey(group, _physical, _regions, _unseen, Examine).Run();
        }
        catch (MalformedStructureException e)
        {
            _unseen.AddRange(_physical.Select(p => $"{p.Name} is of a volume group with a description that makes no sense ({e.Message})"));
            _regions.AddRange(_physical.Select(p => OpaqueRegion(p.DiskOffset, p.Device.Length, null, e) with { FileSystem = "LVM2_member" }));
        }
    }
}
