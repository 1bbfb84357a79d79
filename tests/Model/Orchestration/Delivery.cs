using System.Net.Mime;
using MassTransit;
using MassTransit.Middleware;
using MassTransit.Serialization;

namespace Sparsify.Model.Orchestration;

/// <summary>One delivery of a message: the scope that its consumer and its transaction share, and what leaves it.</summary>
internal sealed class Delivery(IServiceScope scope, Recorder recorder) : BasePipeContext(scope, scope.ServiceProvider), ReceiveContext
{
    public TimeSpan ElapsedTime => TimeSpan.Zero;

    public Uri InputAddress { get; } = new("loopback://model/orchestrator");

    public ContentType ContentType => null!;

    public bool Redelivered => false;

    public Headers TransportHeaders => EmptyHeaders.Instance;

    public Task ReceiveCompleted => Task.CompletedTask;

    public bool IsDelivered => true;

    public bool IsFaulted => false;

    public ISendEndpointProvider SendEndpointProvider => recorder;

    public IPublishEndpointProvider PublishEndpointProvider => recorder;

    public bool PublishFaults => false;

    public MessageBody Body => null!;

    public Task NotifyConsumed<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
        where T : class => Task.CompletedTask;

    public Task NotifyFaulted<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
        where T : class => Task.CompletedTask;

    public Task NotifyFaulted(Exception exception) => Task.CompletedTask;

    public void AddReceiveTask(Task task)
    {
    }
}
