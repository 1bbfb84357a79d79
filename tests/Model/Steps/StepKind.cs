namespace Sparsify.Model.Steps;

/// <summary>What can happen next in a world.</summary>
internal enum StepKind
{
    Deliver,
    DeliverCopy,
    FailToCommit,
    Vanish,
    Request,
    Cancel,
    Resolve,
    ReportVm,
    ReportDisk,
    RemoveDisk,
    Drain,
    Heartbeat,
    Claim,
    Crash,
    Restart,
    Act,
    Sweep,
    SweepFails,
    RestartReplica,
    Advance,
    Jump,
}
