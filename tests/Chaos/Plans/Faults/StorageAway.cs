using Sparsify.Chaos.Fleet;

namespace Sparsify.Chaos.Faults;

/// <summary>The directory of a storage domain is not there, as one that is not mounted. What has a volume open keeps it.</summary>
public sealed record StorageAway(TimeSpan At, TimeSpan Lasting, string Domain) : Fault(At, Lasting)
{
    /// <inheritdoc />
    public override async Task HappenAsync(ChaosFleet fleet)
    {
        var folder = fleet.FolderOf(Domain);
        if (!Directory.Exists(folder))
            return; // Another fault of the plan has it away.
        Directory.Move(folder, folder + ".away");
        await Task.Delay(Lasting);
        Directory.Move(folder + ".away", folder);
    }

    /// <inheritdoc />
    public override string ToString() => $"{Domain} is not mounted";
}
