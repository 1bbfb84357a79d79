using Sparsify.Contracts;
using static Sparsify.Contracts.OperationState;
using static Sparsify.Model.Reference.OperationEvent;

namespace Sparsify.Model.Reference;

/// <summary>
/// The life of an operation as the design says it. The first line that fits counts; where none does, nothing happens. Ends of
/// attempts come here only when they are current.
/// </summary>
internal static class Rules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new([Queued], [Started], null, [Running]),
        new([Queued], [NoHostInTime], (o, s) => o.WantsHost && o.NoHostSince < s.Clock.Now - s.Options.NoHostTimeout, [Failed]),
        new([Queued, Recovering], [NoHost], (o, _) => o.WantsHost, [], Tells: true),
        new([Queued], [VmStarts], (o, _) => o.IsWaiting, [Rejected]),
        new([Queued], [CancelAsked], (o, _) => o.IsWaiting, [OperationState.Canceled]),
        new([Queued, Running], [CancelAsked], null, [Canceling]),

        new([Queued, Running, Canceling], [Succeeded], null, [Completed]),
        new([Canceling], [OperationEvent.Canceled], null, [OperationState.Canceled]),
        new([Queued, Running, Canceling], [Lost, CutOff], null, [Recovering]),
        // An earlier run may have done the work before it was cut off.
        new([Queued], [OperationEvent.Skipped], (o, _) => o.HasRun, [Completed]),
        new([Queued], [OperationEvent.Skipped], null, [OperationState.Skipped]),
        new([Queued, Running], [FailedForNow, HandedBack], (o, _) => o.RunsLeft, [Recovering, Queued]),
        new([Queued, Running], [FailedForNow, FailedForGood], null, [Failed]),
        new([Canceling], [OperationEvent.Skipped, FailedForNow, FailedForGood, HandedBack], null, [OperationState.Canceled]),

        new([Recovering], [ProvenSound], (o, _) => o.CancelRequested, [OperationState.Canceled]),
        new([Recovering], [ProvenSound], (o, _) => o.RunsLeft, [Queued]),
        new([Recovering], [ProvenSound], null, [Failed]),
        new([Recovering], [NotProvable], null, [NeedsAttention]),
        new([Recovering], [FailedForNow, HandedBack, Lost], (o, _) => o.RepairsLeft, [Recovering]),
        new([Recovering], [FailedForNow, Lost], null, [NeedsAttention]),
        new([Recovering], [NoHostInTime], (o, s) => o.WantsHost && o.NoHostSince < s.Clock.Now - s.Options.NoHostTimeout, [NeedsAttention]),
        new([Recovering], [CancelAsked], null, []),

        // One that was on its way: it counts when the disk is proven sound.
        new([NeedsAttention], [CancelAsked], null, []),
        new([NeedsAttention], [RetryAsked], null, [Recovering]),
        new([NeedsAttention], [ReleaseAsked], null, [Failed]),
    ];

    /// <summary>Ends of attempts: they must be current.</summary>
    public static bool EndsAttempt(this OperationEvent happened) => happened is Succeeded or OperationEvent.Skipped or FailedForNow or FailedForGood or HandedBack or CutOff or OperationEvent.Canceled or Lost or ProvenSound or NotProvable;

    public static bool IsFinal(this OperationState state) => state is Rejected or OperationState.Skipped or Completed or Failed or OperationState.Canceled;
}
