using MassTransit;
using MassTransit.Configuration;
using MassTransit.Saga;
using MassTransit.Transports;
using Sparsify.Contracts;
using Sparsify.Orchestrator.Ingress;
using Sparsify.Orchestrator.Inventory;
using Sparsify.Orchestrator.Jobs;
using Sparsify.Orchestrator.Operations;

namespace Sparsify.Model.Orchestration;

/// <summary>Which consumer takes a message; the saga takes its events through the pipe that its endpoint would have.</summary>
internal sealed class Routes
{
    private readonly Dictionary<Type, Func<object, Delivery, Task>> _consumers = [];
    private readonly Dictionary<Type, Func<object, Delivery, Task>> _saga = [];
    private readonly IConsumePipe _pipe = new ConsumePipeSpecification().BuildConsumePipe();

    public Routes(IServiceProvider services)
    {
        _pipe.ConnectStateMachineSaga(services.GetRequiredService<OperationStateMachine>(), new SagaRepository<Operation>(new ScopedSagas(), null!, null!));
        Consumer<SparsifyDiskRequestedConsumer, SparsifyDiskRequested>();
        Consumer<CancelSparsifyRequestedConsumer, CancelSparsifyRequested>();
        Consumer<ResolveSparsifyRequestedConsumer, ResolveSparsifyRequested>();
        Consumer<DiskReportedConsumer, DiskReported>();
        Consumer<DiskRemovedConsumer, DiskRemoved>();
        Consumer<VmStatusReportedConsumer, VmStatusReported>();
        Consumer<HostHeartbeatConsumer, HostHeartbeat>();
        Consumer<HostDrainRequestedConsumer, HostDrainRequested>();
        Consumer<VolumeMeasuredConsumer, VolumeMeasured>();
        Consumer<ClaimVolumeJobsConsumer, ClaimVolumeJobs>();
        Consumer<JournalVitalBytesConsumer, JournalVitalBytes>();
        Consumer<RenewLeaseConsumer, RenewLease>();
        Saga<SparsifyDiskRequested>();
        Saga<CancelSparsifyRequested>();
        Saga<ResolveSparsifyRequested>();
        Saga<VolumeJobStarted>();
        Saga<VolumeJobSucceeded>();
        Saga<VolumeJobSkipped>();
        Saga<VolumeJobFailed>();
        Saga<VolumeJobCanceled>();
        Saga<VolumeJobLost>();
        Saga<VolumeRepaired>();
        Saga<LockedDiskInUse>();
        Saga<VolumeJobUnclaimed>();
    }

    /// <summary>Its consumer only hands it on, and has no transaction.</summary>
    public static bool KeepsState(object message, bool toSaga) => toSaga || message is not (SparsifyDiskRequested or CancelSparsifyRequested or ResolveSparsifyRequested);

    public Task DispatchAsync(object message, bool toSaga, Delivery delivery) => (toSaga ? _saga : _consumers)[message.GetType()](message, delivery);

    private void Consumer<TConsumer, TMessage>()
        where TConsumer : class, IConsumer<TMessage>
        where TMessage : class =>
        _consumers[typeof(TMessage)] = (message, delivery) =>
            delivery.GetPayload<IServiceProvider>().GetRequiredService<TConsumer>().Consume(new DeliveredContext<TMessage>(delivery, (TMessage)message));

    private void Saga<TMessage>()
        where TMessage : class =>
        _saga[typeof(TMessage)] = (message, delivery) => _pipe.Send(new DeliveredContext<TMessage>(delivery, (TMessage)message));
}
