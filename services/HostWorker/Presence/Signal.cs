using System.Threading.Channels;

namespace Sparsify.HostWorker.Presence;

/// <summary>Wakes a loop before its time; many at once count as one.</summary>
internal abstract class Signal
{
    private readonly Channel<bool> _raised = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Raise() => _raised.Writer.TryWrite(true);

    /// <summary>Waits until it is raised, or for the time given.</summary>
    /// <returns>Whether it was raised.</returns>
    public async Task<bool> WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var raised = _raised.Reader.ReadAsync(limit.Token).AsTask();
        await Task.WhenAny(raised, Task.Delay(atMost, time, limit.Token));
        await limit.CancelAsync();
        await Task.WhenAny(raised);
        cancellationToken.ThrowIfCancellationRequested();
        return raised.IsCompletedSuccessfully;
    }
}
