using Microsoft.EntityFrameworkCore;

namespace Sparsify.Messaging;

/// <summary>
/// Sends messages from outside a consumer (an HTTP request, a timer) in the same transaction as the state of
/// <typeparamref name="TDbContext"/>: nothing leaves before <c>SaveChanges</c> has committed, and everything leaves after it.
/// </summary>
/// <typeparam name="TDbContext">The context whose scope the messages join; resolve both from one scope.</typeparam>
public interface IOutbox<TDbContext>
    where TDbContext : DbContext
{
    /// <summary>Adds a message for every subscriber to the context's changes.</summary>
    Task Publish<T>(T message, CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>Adds a message for one endpoint to the context's changes.</summary>
    Task Send<T>(Uri destination, T message, CancellationToken cancellationToken = default)
        where T : class;
}
