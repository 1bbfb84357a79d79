using System.Text.Json;
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

    private string FilePath => Path.Combine(options.Value.Scratch, "inventory.json");

    public IReadOnlyDictionary<Guid, DiskReported> Disks => _disks;

    public IReadOnlyDictionary<Guid, VmStatusReported> Machines => _machines;

    public void Load()
    {
        if (_loaded)
            return;
        _loaded = true;
        if (!File.Exists(FilePath))
            return;
        try
        {
            var kept = JsonSerializer.Deserialize<Kept>(File.ReadAllText(FilePath))!;
            _disks = kept.Disks.ToDictionary(d => d.DiskId);
            _machines = kept.Machines.ToDictionary(m => m.VmId);
        }
        catch (JsonException e)
        {
            logger.LogWarning("'{File}' cannot be read and is made anew: {Reason}", FilePath, e.Message);
        }
    }

    public void Keep(IEnumerable<DiskReported> disks, IEnumerable<VmStatusReported> machines)
    {
        _disks = disks.ToDictionary(d => d.DiskId);
        _machines = machines.ToDictionary(m => m.VmId);
        try
        {
            File.WriteAllText(FilePath + ".new", JsonSerializer.Serialize(new Kept([.. _disks.Values], [.. _machines.Values])));
            File.Move(FilePath + ".new", FilePath, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk is no reason to stop looking; the next look writes it.
            logger.LogWarning("'{File}' cannot be written, so what goes away while this worker is restarted would not be reported: {Reason}", FilePath, e.Message);
        }
    }

    private sealed record Kept(IReadOnlyList<DiskReported> Disks, IReadOnlyList<VmStatusReported> Machines);
}
