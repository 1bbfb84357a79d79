namespace Sparsify.HostWorker.Volumes;

/// <summary>Waits until nobody has a volume open any more: an appliance outlives its killed parent by about 2 s.</summary>
internal sealed class VolumeRelease(TimeProvider time, ILogger<VolumeRelease> logger)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Complaint = TimeSpan.FromSeconds(30);

    /// <summary>Waits as long as it takes; while it waits the disk stays locked, which is safe.</summary>
    public async Task WaitAsync(string path, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        var complained = TimeSpan.Zero;
        while (ImageLock.HolderOf(path) is { } holder)
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
}
