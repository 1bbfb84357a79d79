using MassTransit;

namespace Sparsify.HostWorker.Presence;

/// <summary>
/// Calls to the bus that end when their token says so. MassTransit waits for a lost connection whatever the token says:
/// a call is then left to itself, so that neither a lease nor the worker's own end waits for the broker.
/// </summary>
internal static class BusCalls
{
    private static readonly TimeSpan TellLimit = TimeSpan.FromSeconds(30);

    /// <summary>Publishes, and gives up when the broker does not confirm it: a channel that dies in the wrong moment never will.</summary>
    /// <param name="bus">The bus.</param>
    /// <param name="message">The message, of its own type.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="lifetime">How long it means anything.</param>
    /// <exception cref="MassTransitException">The broker does not take it.</exception>
    public static async Task TellAsync(this IBus bus, object message, CancellationToken cancellationToken, TimeSpan? lifetime = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TellLimit);
        try
        {
            await bus.Publish(message, context => context.TimeToLive = lifetime, limit.Token).WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MassTransitException($"The broker did not confirm a {message.GetType().Name} within {TellLimit}.");
        }
    }

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
