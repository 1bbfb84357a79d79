using Sparsify.Model.Hosts;

namespace Sparsify.Model.Steps;

/// <summary>One step; it says all by names, so that it means the same when others before it are left out.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Subject">To which message, host or attempt.</param>
/// <param name="First">A number or choice, by the kind.</param>
/// <param name="Second">Another one.</param>
internal readonly record struct Step(StepKind Kind, string Subject = "", int First = 0, int Second = 0)
{
    public static Step Act(HostAttempt attempt, AttemptAct act) => new(StepKind.Act, attempt.Key, (int)act);

    public override string ToString() => Kind switch
    {
        StepKind.Act => $"{Subject} {(AttemptAct)First}",
        StepKind.Request => $"Request op{First} for {Ids.Name(StepRunner.Disk(Second))}",
        StepKind.Cancel => $"Cancel op{First}",
        StepKind.Resolve => $"Resolve op{First}: {(Second == 0 ? "retry" : "release")}",
        StepKind.ReportVm => $"ReportVm vm{First}: {StepRunner.VmReport(Second)}",
        StepKind.ReportDisk => $"ReportDisk {Ids.Name(StepRunner.Disk(First))}: {StepRunner.DiskReport(Second)}",
        StepKind.RemoveDisk => $"RemoveDisk {Ids.Name(StepRunner.Disk(First))} by {(Second == 0 ? "upstream" : "a host")}",
        StepKind.Drain => $"Drain {Subject}: {(First == 1 ? "on" : "off")}",
        StepKind.Advance => $"Advance {TimeSpan.FromSeconds(First)}",
        StepKind.Jump => $"Jump {TimeSpan.FromSeconds(First)}",
        StepKind.Heartbeat => $"Heartbeat {Subject}{(First == 1 ? ", which takes no work" : "")}",
        StepKind.Sweep or StepKind.SweepFails or StepKind.RestartReplica => $"{Kind} {First}",
        _ => $"{Kind} {Subject}",
    };
}
