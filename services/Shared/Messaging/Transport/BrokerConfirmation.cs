using MassTransit;

namespace Sparsify.Messaging;

/// <summary>
/// Sends that do not wait for ever. A channel that dies in the wrong moment leaves its last messages without a
/// confirmation, and MassTransit waits for a lost connection whatever the token says: the send is then left to itself.
/// </summary>
public static class BrokerConfirmation
{
    /// <summary>How long a broker may take to confirm a message.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Publishes outside any transaction, and gives up when the broker does not confirm it.</summary>
    /// <param name="bus">The bus.</param>
    /// <param name="message">The message, of its own type.</param>
    /// <param name="time">What <see cref="Limit"/> is measured with.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="lifetime">How long it means anything.</param>
    /// <exception cref="MassTransitException">The broker does not take it.</exception>
    public static Task TellAsync(this IBus bus, object message, TimeProvider time, CancellationToken cancellationToken, TimeSpan? lifetime = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        return WithinAsync(Limit, time, message.GetType().Name, ct => bus.Publish(message, context => context.TimeToLive = lifetime, ct), cancellationToken);
    }

    /// <summary>Waits for a send.</summary>
    /// <exception cref="MassTransitException">The broker has not confirmed it within the limit.</exception>
    internal static async Task WithinAsync(TimeSpan within, TimeProvider time, string what, Func<CancellationToken, Task> send, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(within, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await send(either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new MassTransitException($"The broker did not confirm {what} within {within}.");
        }
    }
}
