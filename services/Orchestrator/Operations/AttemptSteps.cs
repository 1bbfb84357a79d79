using MassTransit;
using Sparsify.Contracts;
using Sparsify.Orchestrator.Operations.Steps;

namespace Sparsify.Orchestrator.Operations;

/// <summary>The steps that every end of an attempt shares: is it current, close it, or note that it is stale.</summary>
internal static class AttemptSteps
{
    public static EventActivityBinder<Operation, VolumeJobStarted> IfCurrent(
        this EventActivityBinder<Operation, VolumeJobStarted> binder,
        Func<EventActivityBinder<Operation, VolumeJobStarted>, EventActivityBinder<Operation, VolumeJobStarted>> current) =>
        binder.If(
            context => context.Message.Generation == context.Saga.Generation && context.Message.Attempt > context.Saga.LastClosedAttempt,
            current);

    public static EventActivityBinder<Operation, T> IfCurrent<T>(
        this EventActivityBinder<Operation, T> binder, Func<EventActivityBinder<Operation, T>, EventActivityBinder<Operation, T>> current)
        where T : class =>
        binder.IfElseAsync(context => context.Service<AttemptClosing>().TryEndAsync(context, End(context.Message)), current, stale => stale.AcknowledgeStale());

    public static EventActivityBinder<Operation, T> Close<T>(this EventActivityBinder<Operation, T> binder)
        where T : class =>
        binder.ThenAsync(context => context.Service<AttemptClosing>().CloseAsync(context, End(context.Message)));

    public static EventActivityBinder<Operation, T> AcknowledgeStale<T>(this EventActivityBinder<Operation, T> binder)
        where T : class =>
        binder.ThenAsync(context => context.Service<AttemptClosing>().AcknowledgeStaleAsync(context, End(context.Message)));

    private static AttemptEnd End(object message) => message switch
    {
        VolumeJobSucceeded succeeded => AttemptEnd.Of(succeeded),
        VolumeJobFailed failed => AttemptEnd.Of(failed),
        VolumeJobSkipped skipped => AttemptEnd.Of(skipped),
        VolumeJobCanceled canceled => AttemptEnd.Of(canceled),
        VolumeJobLost lost => AttemptEnd.Of(lost),
        VolumeRepaired repaired => AttemptEnd.Of(repaired),
        _ => throw new ArgumentException($"{message.GetType().Name} does not end an attempt.", nameof(message)),
    };
}
