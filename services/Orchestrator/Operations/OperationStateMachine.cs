using MassTransit;
using Sparsify.Contracts;
using Sparsify.Orchestrator.Operations.Steps;

namespace Sparsify.Orchestrator.Operations;

/// <summary>The life of an operation, top-down in the order of its states.</summary>
internal sealed class OperationStateMachine : MassTransitStateMachine<Operation>
{
    public OperationStateMachine()
    {
        InstanceState(o => o.State);
        CorrelateEvents();

        Initially(
            When(Requested)
                .Then(OperationSteps.CopyRequest)
                .LockOrRefuse()
                .IfElse(
                    context => context.Saga.Violations.Count > 0,
                    refused => refused.TransitionTo(Rejected),
                    accepted => accepted.TransitionTo(Queued)));

        During(Queued,
            When(JobStarted).IfCurrent(started => started.CopyStart().TransitionTo(Running)),
            When(JobUnclaimed).IfElse(
                context => context.Message.Expired,
                expired => expired.FailForWantOfHost().TransitionTo(Failed),
                waiting => waiting.ShowNoHost().PublishChange()),
            When(CancelRequested).IfElseAsync(
                OperationSteps.TryWithdrawJob,
                withdrawn => withdrawn.TransitionTo(Canceled),
                claimed => claimed.TransitionTo(Canceling)));

        During(Running,
            When(CancelRequested).ThenAsync(OperationSteps.TryWithdrawJob).TransitionTo(Canceling));

        // A host's first word may overtake its second on another connection: a result may come before the start.
        During(Queued, Running, Canceling,
            When(JobSucceeded).IfCurrent(
                succeeded => succeeded.Close().CopyOutcome().TransitionTo(Completed)),
            When(JobCanceled).IfCurrent(
                canceled => canceled.Close().TransitionTo(Canceled)),
            When(JobLost).IfCurrent(
                lost => lost.Close().TransitionTo(Recovering).TransitionTo(NeedsAttention)));

        During(Queued, Running,
            When(JobSkipped).IfCurrent(
                skipped => skipped.Close().CopyFigure().TransitionTo(Skipped)),
            When(JobFailed).IfCurrent(failed => failed.Close().IfElse(
                context => !context.Message.EndedByItself,
                cutOff => cutOff.TransitionTo(Recovering).TransitionTo(NeedsAttention),
                ended => ended.IfElse(
                    OperationSteps.MayRetry,
                    again => again.TransitionTo(Recovering).Requeue().TransitionTo(Queued),
                    final => final.CopyViolations().TransitionTo(Failed)))));

        During(Canceling,
            When(JobStarted).IfCurrent(started => started.CopyStart()),
            When(JobSkipped).IfCurrent(skipped => skipped.Close().TransitionTo(Canceled)),
            When(JobFailed).IfCurrent(failed => failed.Close().IfElse(
                context => !context.Message.EndedByItself,
                cutOff => cutOff.TransitionTo(Recovering).TransitionTo(NeedsAttention),
                ended => ended.TransitionTo(Canceled))),
            Ignore(JobUnclaimed),
            Ignore(CancelRequested));

        During(Running,
            Ignore(JobStarted),
            Ignore(JobUnclaimed));

        foreach (var settled in new[] { Recovering, NeedsAttention, Rejected, Skipped, Completed, Failed, Canceled })
        {
            During(settled,
                When(JobSucceeded).AcknowledgeStale(),
                When(JobFailed).AcknowledgeStale(),
                When(JobSkipped).AcknowledgeStale(),
                When(JobCanceled).AcknowledgeStale(),
                Ignore(JobStarted),
                Ignore(JobLost),
                Ignore(JobUnclaimed),
                Ignore(CancelRequested));
        }

        DuringAny(Ignore(Requested));

        WhenEnter(Rejected, state => state.Finish());
        WhenEnter(Skipped, state => state.Finish());
        WhenEnter(Queued, state => state.PublishChange());
        WhenEnter(Running, state => state.PublishChange());
        WhenEnter(Canceling, state => state.PublishChange());
        WhenEnter(Recovering, state => state.PublishChange());
        WhenEnter(NeedsAttention, state => state.CallPeople().PublishChange());
        WhenEnter(Completed, state => state.Finish());
        WhenEnter(Failed, state => state.Finish());
        WhenEnter(Canceled, state => state.Finish());
    }

    public State Rejected { get; } = null!;

    public State Skipped { get; } = null!;

    public State Queued { get; } = null!;

    public State Running { get; } = null!;

    public State Canceling { get; } = null!;

    public State Recovering { get; } = null!;

    public State NeedsAttention { get; } = null!;

    public State Completed { get; } = null!;

    public State Failed { get; } = null!;

    public State Canceled { get; } = null!;

    public Event<SparsifyDiskRequested> Requested { get; } = null!;

    public Event<CancelSparsifyRequested> CancelRequested { get; } = null!;

    public Event<VolumeJobStarted> JobStarted { get; } = null!;

    public Event<VolumeJobSucceeded> JobSucceeded { get; } = null!;

    public Event<VolumeJobSkipped> JobSkipped { get; } = null!;

    public Event<VolumeJobFailed> JobFailed { get; } = null!;

    public Event<VolumeJobCanceled> JobCanceled { get; } = null!;

    public Event<VolumeJobLost> JobLost { get; } = null!;

    public Event<VolumeJobUnclaimed> JobUnclaimed { get; } = null!;

    private void CorrelateEvents()
    {
        // Public inputs come through the ingress, which checks them; this endpoint does not read plain JSON.
        Event(() => Requested, e =>
        {
            e.CorrelateById(context => context.Message.RequestId);
            e.ConfigureConsumeTopology = false;
        });
        Event(() => CancelRequested, e =>
        {
            e.CorrelateById(context => context.Message.OperationId);
            e.ConfigureConsumeTopology = false;
            e.OnMissingInstance(missing => missing.Discard());
        });
        Event(() => JobStarted, e => e.CorrelateById(context => context.Message.OperationId).OnMissingInstance(missing => missing.Discard()));
        Event(() => JobSucceeded, e => e.CorrelateById(context => context.Message.OperationId)
            .OnMissingInstance(missing => missing.ExecuteAsync(context => context.ForgetAttempt(context.Message.Host, context.Message.OperationId, context.Message.Attempt))));
        Event(() => JobSkipped, e => e.CorrelateById(context => context.Message.OperationId)
            .OnMissingInstance(missing => missing.ExecuteAsync(context => context.ForgetAttempt(context.Message.Host, context.Message.OperationId, context.Message.Attempt))));
        Event(() => JobFailed, e => e.CorrelateById(context => context.Message.OperationId)
            .OnMissingInstance(missing => missing.ExecuteAsync(context => context.ForgetAttempt(context.Message.Host, context.Message.OperationId, context.Message.Attempt))));
        Event(() => JobCanceled, e => e.CorrelateById(context => context.Message.OperationId)
            .OnMissingInstance(missing => missing.ExecuteAsync(context => context.ForgetAttempt(context.Message.Host, context.Message.OperationId, context.Message.Attempt))));
        Event(() => JobLost, e => e.CorrelateById(context => context.Message.OperationId).OnMissingInstance(missing => missing.Discard()));
        Event(() => JobUnclaimed, e => e.CorrelateById(context => context.Message.OperationId).OnMissingInstance(missing => missing.Discard()));
    }
}
