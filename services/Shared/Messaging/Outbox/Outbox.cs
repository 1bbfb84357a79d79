using MassTransit;
using MassTransit.Middleware;
using MassTransit.Middleware.Outbox;
using MassTransit.Transports;

namespace Sparsify.Messaging;

/// <summary>The outbox of one scope, outside consumers.</summary>
internal sealed class Outbox<TDbContext> : IOutbox<TDbContext>, OutboxSendContext
    where TDbContext : MessagingDbContext
{
    private readonly IBus _bus;
    private readonly TDbContext _db;
    private readonly TimeProvider _time;
    private readonly IServiceProvider _services;

    public Outbox(IBus bus, TDbContext db, OutboxQueue<TDbContext> queue, TimeProvider time, IServiceProvider services)
    {
        (_bus, _db, _time, _services) = (bus, db, time, services);
        db.Committed = queue.Add;
    }

    public Task Publish<T>(T message, CancellationToken cancellationToken = default)
        where T : class =>
        new PublishEndpoint(new OutboxPublishEndpointProvider(this, _bus)).Publish(message, cancellationToken);

    public async Task Send<T>(Uri destination, T message, CancellationToken cancellationToken = default)
        where T : class
    {
        var endpoint = await new OutboxSendEndpointProvider(this, _bus).GetSendEndpoint(destination);
        await endpoint.Send(message, cancellationToken);
    }

    public Task AddSend<T>(SendContext<T> context)
        where T : class
    {
        _db.Stage(OutboxMessage.From(context, _time.GetUtcNow()));
        return Task.CompletedTask;
    }

    public object? GetService(Type serviceType) => _services.GetService(serviceType);
}
