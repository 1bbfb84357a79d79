using Sparsify.HostWorker.Runs;

namespace Sparsify.HostWorker.Volumes;

/// <summary>Waits until nobody works on a volume any more: an appliance outlives its killed parent by about 2 s.</summary>
internal sealed class VolumeRelease(TimeProvider time, ILogger<VolumeRelease> logger)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Complaint = TimeSpan.FromSeconds(30);

    /// <summary>Waits as long as it takes; while it waits the disk stays locked, which is safe.</summary>
    /// <param name="path">The volume's real path.</param>
    /// <param name="run">The mark of a run of this host on it; null when none was started.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task WaitAsync(string path, string? run, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        var complained = TimeSpan.Zero;
        while (HolderOf(path, run) is { } holder)
        {
            var waited = time.GetElapsedTime(begun);
            if (waited - complained > Complaint)
            {
                complained = waited;
                logger.LogWarning("'{Path}' is still in use {Waited} after the run: {Holder}", path, waited, holder);
            }

            await Task.Delay(Poll, time, cancellationToken);
        }
    }

    /// <summary>The locks do not tell everywhere: some storage has none.</summary>
    private static string? HolderOf(string path, string? run) =>
        (File.Exists(path) ? ImageLock.HolderOf(path) : null)
        ?? (run is not null && RunMark.ProcessesOf(run) is { Count: > 0 } left ? $"Process {left[0]} of the run lives." : null);
}
