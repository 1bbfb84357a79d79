using Microsoft.Extensions.Logging.Abstractions;
using Sparsify.Contracts;
using Sparsify.HostWorker.Discovery;
using Xunit;

namespace Sparsify.HostWorker.Tests.Discovery;

/// <summary>What a worker remembers of what it has reported.</summary>
public sealed class KnownInventoryTests
{
    [Fact]
    public void What_cannot_be_written_now_is_known_all_the_same_and_written_at_the_next_look()
    {
        using var worker = new Worker();
        Directory.CreateDirectory(worker.Options.Scratch);
        var known = new KnownInventory(worker.Wrapped, NullLogger<KnownInventory>.Instance);
        known.Load();
        var disk = new DiskReported
        {
            DiskId = Guid.NewGuid(),
            Name = "disk",
            StorageDomain = Worker.Domain,
            Path = "disk.img",
            Format = VolumeFormat.Raw,
            VirtualSize = 1,
            ActualSize = 1,
            ReportedAt = DateTimeOffset.UnixEpoch,
        };
        // A folder in the file's place: as little can be written there as on a full disk, also by root.
        var file = Path.Combine(worker.Options.Scratch, "inventory.json.new");
        Directory.CreateDirectory(file);
        known.Keep([disk], []);
        Assert.Equal([disk.DiskId], known.Disks.Keys);
        Assert.Empty(Again().Disks);

        Directory.Delete(file);
        known.Keep([disk], []);
        Assert.Equal([disk.DiskId], Again().Disks.Keys);

        KnownInventory Again()
        {
            var again = new KnownInventory(worker.Wrapped, NullLogger<KnownInventory>.Instance);
            again.Load();
            return again;
        }
    }
}
