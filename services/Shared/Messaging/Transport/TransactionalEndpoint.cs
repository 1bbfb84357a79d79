using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Sparsify.Messaging;

/// <summary>The policy of every endpoint that keeps state.</summary>
public static class TransactionalEndpoint
{
    /// <summary>
    /// Handles each message in one transaction of <typeparamref name="TDbContext"/> with inbox and outbox. A lost race
    /// is run again at once; a database that is away is waited for; anything else goes to the dead-letter queue.
    /// </summary>
    public static void UseTransactionalConsumers<TDbContext>(this IReceiveEndpointConfigurator endpoint, IRegistrationContext context)
        where TDbContext : MessagingDbContext
    {
        endpoint.UseDatabaseRetries();
        endpoint.UseEntityFrameworkOutbox<TDbContext>(context);
    }

    /// <summary>The same retries, for consumers that open their transactions themselves.</summary>
    public static void UseDatabaseRetries(this IReceiveEndpointConfigurator endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        endpoint.UseMessageRetry(retry =>
        {
            retry.Handle<Exception>(DatabaseFailures.IsUnavailable);
            // About eight hours; after that the broker's own redelivery goes on.
            retry.Exponential(2000, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(15), TimeSpan.FromMilliseconds(500));
        });
        endpoint.UseMessageRetry(retry =>
        {
            retry.Handle<DbUpdateException>(e => !DatabaseFailures.IsUnavailable(e));
            retry.Intervals([.. Enumerable.Range(1, 20).Select(i => TimeSpan.FromMilliseconds(Random.Shared.Next(5, 20 * i)))]);
        });
    }
}
