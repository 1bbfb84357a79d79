using Microsoft.Extensions.Options;
using Sparsify.Contracts;

namespace Sparsify.HostWorker.Discovery;

/// <summary>
/// What this host has reported, so that only changes are told, and removals also after a restart.
/// </summary>
internal sealed class KnownInventory(IOptions<HostWorkerOptions> options, ILogger<KnownInventory> logger)
{
    private Dictionary<Guid, DiskReported> _disks = [];
    private Dictionary<Guid, VmStatusReported> _machines = [];
    private bool _loaded;

    private RememberedFile<Kept> Remembered => new(Path.Combine(options.Value.Scratch, "inventory.json"), "what goes away while this worker is restarted would not be reported", logger);

    public IReadOnlyDictionary<Guid, DiskReported> Disks => _disks;

    public IReadOnlyDictionary<Guid, VmStatusReported> Machines => _machines;

    public void Load()
    {
        if (_loaded)
            return;
        _loaded = true;
        if (Remembered.Read() is not { } kept)
            return;
        _disks = kept.Disks.ToDictionary(d => d.DiskId);
        _machines = kept.Machines.ToDictionary(m => m.VmId);
    }

    public void Keep(IEnumerable<DiskReported> disks, IEnumerable<VmStatusReported> machines)
    {
        _disks = disks.ToDictionary(d => d.DiskId);
        _machines = machines.ToDictionary(m => m.VmId);
        // What cannot be written now is written by the next look.
        Remembered.Write(new Kept([.. _disks.Values], [.. _machines.Values]));
    }

    private sealed record Kept(IReadOnlyList<DiskReported> Disks, IReadOnlyList<VmStatusReported> Machines);
}
