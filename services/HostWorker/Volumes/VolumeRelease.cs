using Sparsify.HostWorker.Runs;

namespace Sparsify.HostWorker.Volumes;

/// <summary>Waits until nobody works on a volume any more: an appliance outlives its killed parent by about 2 s.</summary>
internal sealed class VolumeRelease(TimeProvider time, ILogger<VolumeRelease> logger)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Complaint = TimeSpan.FromSeconds(30);

    /// <summary>How long the image lock may outlive the processes of a run: it goes with the appliance, which has their mark.</summary>
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(30);

    /// <summary>Waits until nobody uses a volume.</summary>
    /// <param name="path">The volume's real path.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task UnusedAsync(string path, CancellationToken cancellationToken)
    {
        while (HolderOf(path) is not null)
            await Task.Delay(Poll, time, cancellationToken);
    }

    /// <summary>
    /// Waits as long as a process of a run lives; meanwhile the disk stays locked, which is safe. Whoever else has the
    /// volume then is not waited for: a VM that starts just after the run may have it for months.
    /// </summary>
    /// <param name="path">The volume's real path.</param>
    /// <param name="run">The mark of the run, of this host.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task AfterRunAsync(string path, string run, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        var complained = TimeSpan.Zero;
        long? gone = null;
        while (true)
        {
            // The locks do not tell everywhere: some storage has none.
            var process = RunMark.ProcessesOf(run).Select(id => $"Process {id} of the run lives.").FirstOrDefault();
            gone = process is null ? gone ?? time.GetTimestamp() : null;
            if ((process ?? HolderOf(path)) is not { } holder)
                return;
            var waited = time.GetElapsedTime(begun);
            if (gone is { } since && time.GetElapsedTime(since) >= LockPatience)
            {
                logger.LogWarning("'{Path}' is in use {Waited} after the run, and not by it: {Holder}", path, waited, holder);
                return;
            }

            if (waited - complained > Complaint)
            {
                complained = waited;
                logger.LogWarning("'{Path}' is still in use {Waited} after the run: {Holder}", path, waited, holder);
            }

            await Task.Delay(Poll, time, cancellationToken);
        }
    }

    private static string? HolderOf(string path) => File.Exists(path) ? ImageLock.HolderOf(path) : null;
}
