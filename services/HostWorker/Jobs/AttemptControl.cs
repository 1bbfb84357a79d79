using Sparsify.HostWorker.Runs;

namespace Sparsify.HostWorker.Jobs;

/// <summary>How an attempt is asked to stop. The first reason counts.</summary>
/// <param name="lifeline">What its program is told; also when this process cannot tell any more.</param>
internal sealed class AttemptControl(LifelinePipe lifeline) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _fence = new();
    private int _reason = -1;

    public LifelinePipe Lifeline => lifeline;

    /// <summary>End with SIGINT.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>SIGINT did not end it in time and the lease runs out: end it whatever it costs.</summary>
    public CancellationToken Fence => _fence.Token;

    public StopReason? Reason => _reason < 0 ? null : (StopReason)_reason;

    public void RequestStop(StopReason reason)
    {
        Interlocked.CompareExchange(ref _reason, (int)reason, -1);
        _stop.Cancel();
    }

    public void RequestFence() => _fence.Cancel();

    /// <summary>Ends the run: SIGINT, and whatever it costs when that does not end it in time.</summary>
    public async Task EndAsync(StopReason reason, TimeSpan grace, TimeProvider time, CancellationToken ended)
    {
        RequestStop(reason);
        try
        {
            if (grace > TimeSpan.Zero)
                await Task.Delay(grace, time, ended);
            RequestFence();
        }
        catch (OperationCanceledException)
        {
            // It ended in time.
        }
    }

    public void Dispose()
    {
        _stop.Dispose();
        _fence.Dispose();
    }
}
