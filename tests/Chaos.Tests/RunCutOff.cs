using System.Diagnostics;
using Sparsify.Chaos.Faults;
using Sparsify.Chaos.Fleet;
using Sparsify.Testing.Processes;
using RunProcesses = Sparsify.Chaos.Faults.RunProcesses;

namespace Sparsify.Chaos.Tests;

/// <summary>All processes of a run are killed while the disk's first swap area is without its header.</summary>
internal sealed record RunCutOff(string Domain, string Disk) : Fault(TimeSpan.Zero, TimeSpan.Zero)
{
    private const long FirstSwap = 1 << 20;
    private const int HeaderSize = 4096;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <inheritdoc />
    public override async Task HappenAsync(ChaosFleet fleet)
    {
        var watch = Stopwatch.StartNew();
        while (HasHeader(Path.Combine(fleet.FolderOf(Domain), Disk)))
        {
            if (watch.Elapsed > Limit)
                throw new TimeoutException($"No run took the header of {Disk} away within {Limit}.");
            await Task.Delay(20);
        }

        ProcessTable.Kill(RunProcesses.Find(fleet).Select(p => p.Id));
    }

    /// <inheritdoc />
    public override string ToString() => $"SIGKILL of a run on {Disk} in the middle of a step";

    private static bool HasHeader(string path)
    {
        var header = new byte[HeaderSize];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite) { Position = FirstSwap };
        file.ReadExactly(header);
        return header.AsSpan().ContainsAnyExcept((byte)0);
    }
}
