using MassTransit;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Model.Orchestration;

/// <summary>Takes what is sent or published, in place of a broker or an outbox.</summary>
internal sealed class Recorder : ISendEndpointProvider, IPublishEndpointProvider, IOutbox<OrchestratorDbContext>
{
    private readonly Task<ISendEndpoint> _everybody;

    public Recorder() => _everybody = Task.FromResult<ISendEndpoint>(new Endpoint(this, null));

    public List<Sent> Sent { get; } = [];

    public Task<ISendEndpoint> GetSendEndpoint(Uri address) => Task.FromResult<ISendEndpoint>(new Endpoint(this, address.AbsolutePath));

    public Task<ISendEndpoint> GetPublishSendEndpoint<T>()
        where T : class => _everybody;

    public Task Publish<T>(T message, CancellationToken cancellationToken = default)
        where T : class => Add(message, null);

    public Task Send<T>(Uri destination, T message, CancellationToken cancellationToken = default)
        where T : class => Add(message, destination.AbsolutePath);

    public Task Add(object message, string? address)
    {
        Sent.Add(new Sent(message, address));
        return Task.CompletedTask;
    }

    public ConnectHandle ConnectSendObserver(ISendObserver observer) => throw new NotSupportedException();

    public ConnectHandle ConnectPublishObserver(IPublishObserver observer) => throw new NotSupportedException();

    /// <summary>Headers and other settings of a message are of no interest here.</summary>
    private sealed class Endpoint(Recorder recorder, string? address) : ISendEndpoint
    {
        public Task Send<T>(T message, CancellationToken cancellationToken = default)
            where T : class => recorder.Add(message, address);

        public Task Send<T>(T message, IPipe<SendContext<T>> pipe, CancellationToken cancellationToken = default)
            where T : class => recorder.Add(message, address);

        public Task Send<T>(T message, IPipe<SendContext> pipe, CancellationToken cancellationToken = default)
            where T : class => recorder.Add(message, address);

        public Task Send(object message, CancellationToken cancellationToken = default) => recorder.Add(message, address);

        public Task Send(object message, Type messageType, CancellationToken cancellationToken = default) => recorder.Add(message, address);

        public Task Send(object message, IPipe<SendContext> pipe, CancellationToken cancellationToken = default) => recorder.Add(message, address);

        public Task Send(object message, Type messageType, IPipe<SendContext> pipe, CancellationToken cancellationToken = default) => recorder.Add(message, address);

        public Task Send<T>(object values, CancellationToken cancellationToken = default)
            where T : class => throw new NotSupportedException("Messages are records.");

        public Task Send<T>(object values, IPipe<SendContext<T>> pipe, CancellationToken cancellationToken = default)
            where T : class => throw new NotSupportedException("Messages are records.");

        public Task Send<T>(object values, IPipe<SendContext> pipe, CancellationToken cancellationToken = default)
            where T : class => throw new NotSupportedException("Messages are records.");

        public ConnectHandle ConnectSendObserver(ISendObserver observer) => throw new NotSupportedException();
    }
}
