using System.Diagnostics;
using MassTransit;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Operations.Steps;

namespace Sparsify.Orchestrator.Operations;

/// <summary>The named steps of the state machine.</summary>
internal static class OperationSteps
{
    public static void CopyRequest(BehaviorContext<Operation, SparsifyDiskRequested> context)
    {
        var (operation, request) = (context.Saga, context.Message);
        operation.DiskId = request.DiskId;
        operation.Trigger = request.Trigger;
        operation.RequestedBy = request.RequestedBy;
        operation.Priority = request.Priority;
        operation.AllowSnapshots = request.AllowSnapshots;
        operation.MinReclaimable = request.MinReclaimable;
        operation.Force = request.Force;
        operation.CreatedAt = request.RequestedAt ?? context.Service<TimeProvider>().GetUtcNow();
        operation.TraceId = Activity.Current?.TraceId.ToHexString();
    }

    public static EventActivityBinder<Operation, SparsifyDiskRequested> LockOrRefuse(this EventActivityBinder<Operation, SparsifyDiskRequested> binder) =>
        binder.ThenAsync(context => context.Service<DiskLocking>().LockOrRefuseAsync(context));

    public static EventActivityBinder<Operation, VolumeJobStarted> CopyStart(this EventActivityBinder<Operation, VolumeJobStarted> binder) =>
        binder.Then(context =>
        {
            var (operation, started) = (context.Saga, context.Message);
            operation.Attempt = started.Attempt;
            operation.Host = started.Host;
            operation.SizeBefore = started.SizeBefore;
            operation.Predicted = started.Predicted;
            operation.StartedAt ??= started.StartedAt;
            operation.Violations = [];
            operation.Error = null;
        });

    public static EventActivityBinder<Operation, VolumeJobSucceeded> CopyOutcome(this EventActivityBinder<Operation, VolumeJobSucceeded> binder) =>
        binder.Then(context =>
        {
            context.Saga.Outcome = context.Message.Outcome;
            context.Saga.Predicted = context.Message.Predicted;
            context.Saga.Warnings = [.. context.Message.Warnings];
            context.Saga.Violations = [];
        });

    public static EventActivityBinder<Operation, VolumeJobSkipped> CopyFigure(this EventActivityBinder<Operation, VolumeJobSkipped> binder) =>
        binder.Then(context =>
        {
            context.Saga.Predicted = context.Message.Reclaimable;
            context.Saga.Violations = [];
        });

    public static EventActivityBinder<Operation, VolumeJobFailed> CopyViolations(this EventActivityBinder<Operation, VolumeJobFailed> binder) =>
        binder.Then(context => context.Saga.Violations = [.. context.Message.Violations]);

    public static EventActivityBinder<Operation, VolumeJobFailed> Requeue(this EventActivityBinder<Operation, VolumeJobFailed> binder) =>
        binder.ThenAsync(context => context.Service<AttemptClosing>().RequeueAsync(context));

    public static bool MayRetry(BehaviorContext<Operation, VolumeJobFailed> context) => context.Service<AttemptClosing>().MayRetry(context.Message);

    public static Task<bool> TryWithdrawJob(BehaviorContext<Operation, CancelSparsifyRequested> context) =>
        context.Service<AttemptClosing>().TryWithdrawAsync(context);

    public static EventActivityBinder<Operation, VolumeJobUnclaimed> ShowNoHost(this EventActivityBinder<Operation, VolumeJobUnclaimed> binder) =>
        binder.Then(context => context.Saga.Violations = [NoHost(context.Message)]);

    public static EventActivityBinder<Operation, VolumeJobUnclaimed> FailForWantOfHost(this EventActivityBinder<Operation, VolumeJobUnclaimed> binder) =>
        binder.Then(context =>
        {
            var violation = NoHost(context.Message);
            context.Saga.Violations = [violation];
            context.Saga.Error = new OperationError(FailureKind.NoHost, $"{violation.Message} It waited since {context.Message.QueuedAt:u}.");
        });

    public static EventActivityBinder<Operation> CallPeople(this EventActivityBinder<Operation> binder) =>
        binder.ThenAsync(context => context.Publish(new SparsifyDiskNeedsAttention
        {
            OperationId = context.Saga.CorrelationId,
            DiskId = context.Saga.DiskId,
            Error = context.Saga.Error!,
            At = context.Service<TimeProvider>().GetUtcNow(),
        }));

    public static EventActivityBinder<Operation> Finish(this EventActivityBinder<Operation> binder) =>
        binder.ThenAsync(context => context.Service<OperationEnd>().FinishAsync(context));

    public static EventActivityBinder<Operation> PublishChange(this EventActivityBinder<Operation> binder) =>
        binder.ThenAsync(OperationChanges.PublishAsync);

    public static Task ForgetAttempt(this ConsumeContext context, string host, Guid operationId, int attempt) =>
        EndpointNames.IsHostName(host)
            ? context.Send(EndpointNames.Address(EndpointNames.Host(host)), new VolumeJobClosed { OperationId = operationId, Attempt = attempt })
            : Task.CompletedTask;

    private static Violation NoHost(VolumeJobUnclaimed message) => new(
        ViolationCodes.NoHost,
        $"No live host reaches storage domain '{message.StorageDomain}'.",
        "Start a host worker that reaches it, or look at why those that did are silent.");
}
