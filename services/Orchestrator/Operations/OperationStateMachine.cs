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
                .IfElseAsync(
                    OperationSteps.WasCanceledBefore,
                    canceled => canceled.Then(context => context.Saga.CancelRequested = true).TransitionTo(Canceled),
                    wanted => wanted.LockOrRefuse().IfElse(
                        context => context.Saga.Violations.Count > 0,
                        refused => refused.TransitionTo(Rejected),
                        accepted => accepted.TransitionTo(Queued))));

        During(Queued,
            When(JobStarted).IfCurrent(started => started.CopyStart().TransitionTo(Running)),
            When(JobUnclaimed).IfAsync(OperationSteps.IsStillUnclaimed, unclaimed => unclaimed.IfElse(
                context => context.Message.Expired,
                expired => expired.FailForWantOfHost().TransitionTo(Failed),
                waiting => waiting.ShowNoHost().PublishChange())),
            When(DiskInUse).IfElseAsync(
                OperationSteps.TryTakeBackJob,
                waiting => waiting.CopyViolation().TransitionTo(Rejected),
                claimed => claimed.ShowConflict()),
            When(CancelRequested).NoteCancel().IfElseAsync(
                OperationSteps.TryWithdrawJob,
                withdrawn => withdrawn.TransitionTo(Canceled),
                claimed => claimed.TransitionTo(Canceling)));

        During(Running,
            When(CancelRequested).NoteCancel().ThenAsync(OperationSteps.TryWithdrawJob).TransitionTo(Canceling));

        // A host's first word may overtake its second on another connection: a result may come before the start.
        During(Queued, Running, Canceling,
            When(JobSucceeded).IfCurrent(
                succeeded => succeeded.Close().CopyOutcome().TransitionTo(Completed)),
            When(JobCanceled).IfCurrent(
                canceled => canceled.Close().TransitionTo(Canceled)),
            When(JobLost).IfCurrent(
                lost => lost.Close().OfferRepair().TransitionTo(Recovering)),
            When(JobRepaired).AcknowledgeStale());

        During(Queued, Running,
            When(JobSkipped).IfCurrent(skipped => skipped.Close().IfElse(
                OperationSteps.HasRunBefore,
                done => done.CopyEarlierOutcome().TransitionTo(Completed),
                never => never.CopyFigure().TransitionTo(Skipped))),
            When(JobFailed).IfCurrent(failed => failed.Close().IfElse(
                context => !context.Message.EndedByItself,
                cutOff => cutOff.OfferRepair().TransitionTo(Recovering),
                ended => ended.IfElse(
                    OperationSteps.MayRetry,
                    again => again.TransitionTo(Recovering).Requeue().TransitionTo(Queued),
                    final => final.CopyViolations().TransitionTo(Failed)))));

        During(Canceling,
            When(JobStarted).IfCurrent(started => started.CopyStart()),
            When(JobSkipped).IfCurrent(skipped => skipped.Close().TransitionTo(Canceled)),
            When(JobFailed).IfCurrent(failed => failed.Close().IfElse(
                context => !context.Message.EndedByItself,
                cutOff => cutOff.OfferRepair().TransitionTo(Recovering),
                ended => ended.TransitionTo(Canceled))),
            Ignore(JobUnclaimed),
            Ignore(CancelRequested));

        During(Recovering,
            When(JobRepaired).IfCurrent(looked => looked.Close().TellRepairs().IfElse(
                context => context.Message.Outcome == RepairOutcome.NotProvable,
                unknown => unknown.TransitionTo(NeedsAttention),
                sound => sound.IfElse(
                    context => context.Saga.CancelRequested,
                    canceled => canceled.TransitionTo(Canceled),
                    wanted => wanted.IfElse(
                        OperationSteps.MayRunAgain,
                        again => again.Requeue().TransitionTo(Queued),
                        final => final.TransitionTo(Failed))))),
            When(JobFailed).IfCurrent(failed => failed.Close().IfElse(
                OperationSteps.MayRepair,
                again => again.OfferRepair().PublishChange(),
                final => final.TransitionTo(NeedsAttention))),
            When(JobLost).IfCurrent(lost => lost.Close().IfElse(
                OperationSteps.MayRepair,
                again => again.OfferRepair().PublishChange(),
                final => final.TransitionTo(NeedsAttention))),
            When(JobUnclaimed).IfAsync(OperationSteps.IsStillUnclaimed, unclaimed => unclaimed.IfElse(
                context => context.Message.Expired,
                expired => expired.FailForWantOfHost().TransitionTo(NeedsAttention),
                waiting => waiting.ShowNoHost().PublishChange())),
            When(CancelRequested).NoteCancel(),
            When(JobSucceeded).AcknowledgeStale(),
            When(JobSkipped).AcknowledgeStale(),
            When(JobCanceled).AcknowledgeStale(),
            Ignore(JobStarted));

        During(NeedsAttention,
            When(ResolveRequested).IfElse(
                context => context.Message.Resolution == Resolution.Retry,
                retry => retry.Then(context => context.Saga.Repairs = 0).OfferRepair().TransitionTo(Recovering),
                release => release.NoteRelease().TransitionTo(Failed)));

        During(Running,
            Ignore(JobStarted),
            Ignore(JobUnclaimed));

        foreach (var settled in new[] { NeedsAttention, Rejected, Skipped, Completed, Failed, Canceled })
        {
            During(settled,
                When(JobSucceeded).AcknowledgeStale(),
                When(JobFailed).AcknowledgeStale(),
                When(JobSkipped).AcknowledgeStale(),
                When(JobCanceled).AcknowledgeStale(),
                When(JobRepaired).AcknowledgeStale(),
                Ignore(JobStarted),
                Ignore(JobLost),
                Ignore(JobUnclaimed));
        }

        // One that was on its way counts when the disk is looked at again.
        During(NeedsAttention, When(CancelRequested).NoteCancel());

        During(Running, Canceling, Recovering, NeedsAttention,
            When(DiskInUse).ShowConflict());

        foreach (var ended in new[] { Rejected, Skipped, Completed, Failed, Canceled })
            During(ended, Ignore(DiskInUse), Ignore(CancelRequested));

        foreach (var decided in new[] { Queued, Running, Canceling, Recovering, Rejected, Skipped, Completed, Failed, Canceled })
            During(decided, Ignore(ResolveRequested));

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

    public Event<ResolveSparsifyRequested> ResolveRequested { get; } = null!;

    public Event<VolumeJobStarted> JobStarted { get; } = null!;

    public Event<VolumeJobSucceeded> JobSucceeded { get; } = null!;

    public Event<VolumeJobSkipped> JobSkipped { get; } = null!;

    public Event<VolumeJobFailed> JobFailed { get; } = null!;

    public Event<VolumeJobCanceled> JobCanceled { get; } = null!;

    public Event<VolumeJobLost> JobLost { get; } = null!;

    public Event<VolumeRepaired> JobRepaired { get; } = null!;

    public Event<LockedDiskInUse> DiskInUse { get; } = null!;

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
            // Requests have a queue of their own, and a cancel may overtake its request.
            e.OnMissingInstance(missing => missing.ExecuteAsync(context => context.Service<EarlyCancels>().NoteAsync(context)));
        });
        Event(() => ResolveRequested, e =>
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
        Event(() => JobRepaired, e => e.CorrelateById(context => context.Message.OperationId)
            .OnMissingInstance(missing => missing.ExecuteAsync(context => context.ForgetAttempt(context.Message.Host, context.Message.OperationId, context.Message.Attempt))));
        Event(() => JobLost, e => e.CorrelateById(context => context.Message.OperationId).OnMissingInstance(missing => missing.Discard()));
        Event(() => DiskInUse, e => e.CorrelateById(context => context.Message.OperationId).OnMissingInstance(missing => missing.Discard()));
        Event(() => JobUnclaimed, e => e.CorrelateById(context => context.Message.OperationId).OnMissingInstance(missing => missing.Discard()));
    }
}
