using System.Threading.Channels;

namespace Sparsify.HostWorker.Presence;

/// <summary>Says that now is a good time to ask for work; many at once count as one.</summary>
internal sealed class ClaimSignal
{
    private readonly Channel<bool> _raised = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Raise() => _raised.Writer.TryWrite(true);

    /// <summary>Waits until it is raised, or for the time given.</summary>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var raised = _raised.Reader.ReadAsync(limit.Token).AsTask();
        await Task.WhenAny(raised, Task.Delay(atMost, time, limit.Token));
        await limit.CancelAsync();
        await Task.WhenAny(raised);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
