using MassTransit;

namespace Sparsify.HostWorker.Presence;

/// <summary>
/// Questions to the bus that end when their token says so. MassTransit waits for a lost connection whatever the token says:
/// a question is then left to itself, so that neither a lease nor the worker's own end waits for the broker.
/// </summary>
internal static class BusCalls
{
    /// <summary>Asks once.</summary>
    /// <returns>Null when no answer came in time.</returns>
    public static async Task<Response<TYes, TNo>?> AskAsync<TRequest, TYes, TNo>(this IBus bus, TRequest request, TimeSpan timeout, CancellationToken cancellationToken)
        where TRequest : class
        where TYes : class
        where TNo : class
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            return await bus.CreateRequestClient<TRequest>(timeout).GetResponse<TYes, TNo>(request, limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or MassTransitException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
