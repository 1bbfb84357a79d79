using Sparsify.Chaos.Fleet;

namespace Sparsify.Chaos.Faults;

/// <summary>The disk of a host's scratch folder has no space left.</summary>
public sealed record ScratchFull(TimeSpan At, TimeSpan Lasting, string Host) : Fault(At, Lasting)
{
    /// <inheritdoc />
    public override async Task HappenAsync(ChaosFleet fleet)
    {
        var ballast = Path.Combine(fleet.ScratchOf(Host), "ballast");
        try
        {
            await using var file = new FileStream(ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            var piece = new byte[4096];
            while (true)
                file.Write(piece);
        }
        catch (IOException)
        {
            // Full.
        }

        await Task.Delay(Lasting);
        File.Delete(ballast);
    }

    /// <inheritdoc />
    public override string ToString() => $"the scratch disk of {Host} is full";
}
