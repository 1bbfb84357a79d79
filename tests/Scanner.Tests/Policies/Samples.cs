using Sparsify.Contracts;
using Sparsify.Scanner.Fleet;
using Sparsify.Scanner.Policies;

namespace Sparsify.Scanner.Tests.Policies;

/// <summary>Policies and disks for tests.</summary>
internal static class Samples
{
    public static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    public static Policy Nightly { get; } = new()
    {
        Name = "nightly",
        Trigger = new PolicyTrigger { Cron = "0 2 * * *", TimeZone = "Europe/Prague" },
        Thresholds = new PolicyThresholds { Bytes = 100, Share = 0 },
    };

    public static PolicyInForce InForce(string name, PolicySelector? selector = null, PolicyMode mode = PolicyMode.Sparsify) =>
        new(Guid.NewGuid(), 1, Nightly with { Name = name, Selector = selector ?? new(), Mode = mode });

    public static ScannedDisk Disk(string name, long? reclaimable = 500, string domain = "vms", params DiskVm[] vms)
    {
        var id = Guid.NewGuid();
        return new ScannedDisk
        {
            Id = id,
            Revision = 1,
            Snapshot = new DiskChanged
            {
                DiskId = id,
                Revision = 1,
                Name = name,
                StorageDomain = domain,
                Path = $"{name}.img",
                Format = VolumeFormat.Raw,
                Allocation = VolumeAllocation.Sparse,
                VirtualSize = 10_000,
                ActualSize = 1000,
                Measurement = reclaimable is { } bytes ? new VolumeMeasurement { Reclaimable = bytes, HeldBySnapshots = 0, Exact = true, MeasuredAt = At("2026-01-01T00:00:00Z") } : null,
                Vms = vms,
                Violations = [],
            },
        };
    }

    public static DiskVm Vm(string name, VmStatus status = VmStatus.Down, params string[] tags) => new(Guid.NewGuid(), name, status, tags.Length == 0 ? null : tags);

    public static ScannedDisk With(this ScannedDisk disk, Func<DiskChanged, DiskChanged> change)
    {
        disk.Snapshot = change(disk.Snapshot);
        return disk;
    }
}
