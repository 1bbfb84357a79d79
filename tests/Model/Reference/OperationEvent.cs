namespace Sparsify.Model.Reference;

/// <summary>What can happen to an operation.</summary>
internal enum OperationEvent
{
    Requested,
    Started,
    Succeeded,
    Skipped,
    FailedForNow,
    FailedForGood,
    HandedBack,
    CutOff,
    Canceled,
    Lost,
    ProvenSound,
    NotProvable,
    CancelAsked,
    RetryAsked,
    ReleaseAsked,
    VmStarts,
    NoHost,
    NoHostInTime,
}
