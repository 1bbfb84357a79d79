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
        operation.Policy = request.Policy;
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
        binder.ThenAsync(async context =>
        {
            var (operation, started) = (context.Saga, context.Message);
            await context.Service<AttemptHistory>().NoteStartAsync(operation, started, context.CancellationToken);
            operation.Attempt = started.Attempt;
            operation.Host = started.Host;
            // Of the first run, which has measured it; what was known when the disk was locked may be old.
            operation.SizeBefore = operation.StartedAt is null ? started.SizeBefore : operation.SizeBefore;
            operation.Predicted ??= started.Predicted;
            operation.StartedAt ??= started.StartedAt;
            operation.Violations = [];
            operation.Error = null;
        });

    public static EventActivityBinder<Operation, VolumeJobSucceeded> CopyOutcome(this EventActivityBinder<Operation, VolumeJobSucceeded> binder) =>
        binder.Then(context =>
        {
            context.Saga.Outcome = context.Message.Outcome == RunOutcome.NothingToReclaim ? Outcome(context.Saga) : context.Message.Outcome;
            context.Saga.Predicted ??= context.Message.Predicted;
            context.Saga.Warnings = [.. context.Saga.Warnings, .. context.Message.Warnings];
            context.Saga.Violations = [];
        });

    /// <summary>An earlier run was cut off, and there is nothing left to gain: it had done the work.</summary>
    public static EventActivityBinder<Operation, VolumeJobSkipped> CopyEarlierOutcome(this EventActivityBinder<Operation, VolumeJobSkipped> binder) =>
        binder.Then(context =>
        {
            context.Saga.SizeAfter = context.Message.Size;
            context.Saga.Outcome = Outcome(context.Saga);
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

    public static EventActivityBinder<Operation, T> Requeue<T>(this EventActivityBinder<Operation, T> binder)
        where T : class =>
        binder.ThenAsync(context => context.Service<AttemptClosing>().RequeueAsync(context));

    public static EventActivityBinder<Operation, T> OfferRepair<T>(this EventActivityBinder<Operation, T> binder)
        where T : class =>
        binder.ThenAsync(context => context.Service<AttemptClosing>().OfferRepairAsync(context));

    public static bool HasRunBefore(BehaviorContext<Operation, VolumeJobSkipped> context) => context.Saga.StartedAt is not null;

    public static bool MayRetry(BehaviorContext<Operation, VolumeJobFailed> context) => context.Message.Retryable && context.Service<AttemptClosing>().MayRetry(context.Saga);

    public static bool MayRunAgain(BehaviorContext<Operation, VolumeRepaired> context) => context.Service<AttemptClosing>().MayRetry(context.Saga);

    public static bool MayRepair<T>(BehaviorContext<Operation, T> context)
        where T : class =>
        context.Service<AttemptClosing>().MayRepair(context.Saga);

    public static Task<bool> WasCanceledBefore(BehaviorContext<Operation, SparsifyDiskRequested> context) =>
        context.Service<EarlyCancels>().TryTakeAsync(context.Saga.CorrelationId, context.CancellationToken);

    public static EventActivityBinder<Operation, CancelSparsifyRequested> NoteCancel(this EventActivityBinder<Operation, CancelSparsifyRequested> binder) =>
        binder.Then(context => context.Saga.CancelRequested = true);

    public static EventActivityBinder<Operation, VolumeRepaired> TellRepairs(this EventActivityBinder<Operation, VolumeRepaired> binder) =>
        binder.If(context => context.Message.Repairs.Count > 0, repaired => repaired.ThenAsync(context => context.Publish(new DiskRepaired
        {
            DiskId = context.Saga.DiskId,
            OperationId = context.Saga.CorrelationId,
            Host = context.Message.Host,
            Repairs = context.Message.Repairs,
            RepairedAt = context.Message.EndedAt,
        })));

    public static EventActivityBinder<Operation, ResolveSparsifyRequested> NoteRelease(this EventActivityBinder<Operation, ResolveSparsifyRequested> binder) =>
        binder.Then(context => context.Saga.Error = context.Saga.Error! with { Message = $"{context.Saga.Error.Message} Released by {context.Message.RequestedBy ?? "a person"}." });

    public static Task<bool> TryWithdrawJob(BehaviorContext<Operation, CancelSparsifyRequested> context) =>
        context.Service<AttemptClosing>().TryWithdrawAsync(context);

    public static Task<bool> TryTakeBackJob(BehaviorContext<Operation, LockedDiskInUse> context) =>
        context.Service<AttemptClosing>().TryTakeBackAsync(context);

    public static EventActivityBinder<Operation, LockedDiskInUse> CopyViolation(this EventActivityBinder<Operation, LockedDiskInUse> binder) =>
        binder.Then(context => context.Saga.Violations = [context.Message.Violation]);

    /// <summary>Once for each thing that is reported: it may be repeated often.</summary>
    public static EventActivityBinder<Operation, LockedDiskInUse> ShowConflict(this EventActivityBinder<Operation, LockedDiskInUse> binder) =>
        binder.If(context => !context.Saga.Warnings.Contains(Conflict(context.Message)), news => news.ThenAsync(async context =>
        {
            var message = Conflict(context.Message);
            context.Saga.Warnings = [.. context.Saga.Warnings, message];
            await context.Publish(new SparsifyDiskConflict
            {
                OperationId = context.Saga.CorrelationId,
                DiskId = context.Saga.DiskId,
                VmId = context.Message.VmId,
                Status = context.Message.Status,
                Message = message,
                At = context.Service<TimeProvider>().GetUtcNow(),
            });
        }).PublishChange());

    public static Task<bool> IsStillUnclaimed(BehaviorContext<Operation, VolumeJobUnclaimed> context) =>
        context.Service<AttemptClosing>().IsStillUnclaimedAsync(context);

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
        binder.ThenAsync(async context =>
        {
            await context.Service<AttemptClosing>().ParkAsync(context);
            await context.Publish(new SparsifyDiskNeedsAttention
            {
                OperationId = context.Saga.CorrelationId,
                DiskId = context.Saga.DiskId,
                Error = context.Saga.Error!,
                At = context.Service<TimeProvider>().GetUtcNow(),
                Policy = context.Saga.Policy,
            });
        });

    public static EventActivityBinder<Operation> Finish(this EventActivityBinder<Operation> binder) =>
        binder.ThenAsync(context => context.Service<OperationEnd>().FinishAsync(context));

    public static EventActivityBinder<Operation> PublishChange(this EventActivityBinder<Operation> binder) =>
        binder.ThenAsync(OperationChanges.PublishAsync);

    public static Task ForgetAttempt(this ConsumeContext context, string host, Guid operationId, int attempt) =>
        EndpointNames.IsHostName(host)
            ? context.Send(EndpointNames.Address(EndpointNames.Host(host)), new VolumeJobClosed { OperationId = operationId, Attempt = attempt })
            : Task.CompletedTask;

    /// <summary>Of all runs together.</summary>
    private static RunOutcome Outcome(Operation operation) => operation.SizeAfter < operation.SizeBefore ? RunOutcome.Reclaimed : RunOutcome.NothingToReclaim;

    private static string Conflict(LockedDiskInUse message) => $"While this operation held the disk: {message.Violation.Message} The operation goes on; qemu's image lock keeps a VM from starting while a run works on the disk.";

    private static Violation NoHost(VolumeJobUnclaimed message) => new(
        ViolationCodes.NoHost,
        $"No live host that takes work reaches storage domain '{message.StorageDomain}'.",
        "Start a host worker that reaches it, or look at why those that do are silent or take no work.");
}
