using System.Collections.Concurrent;

namespace Sparsify.Api.ReadModel;

/// <summary>
/// Wakes whoever waits for news of an operation in this process. Only a shortcut: another replica may have received
/// the event, so waiters look at the row every so often anyway.
/// </summary>
internal sealed class OperationSignals(TimeProvider time)
{
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> _waiting = new();

    public void Raise(Guid operationId)
    {
        if (_waiting.TryRemove(operationId, out var waiting))
            waiting.TrySetResult();
    }

    /// <summary>A task that ends with the next news; take it before the row is read, so that nothing is missed in between.</summary>
    public Task Next(Guid operationId) =>
        _waiting.GetOrAdd(operationId, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Waits for news, or until it is time to look: the longer there was none, the less often.</summary>
    /// <param name="next">See <see cref="Next"/>.</param>
    /// <param name="quiet">For how long there was no news.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task WaitAsync(Task next, TimeSpan quiet, CancellationToken cancellationToken) =>
        Task.WhenAny(next, Task.Delay(quiet < ShortestPoll ? ShortestPoll : quiet > LongestPoll ? LongestPoll : quiet, time, cancellationToken));
}
