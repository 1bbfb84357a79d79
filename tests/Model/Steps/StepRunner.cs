using Sparsify.Contracts;
using Sparsify.Model.Hosts;
using Sparsify.Model.Worlds;

namespace Sparsify.Model.Steps;

/// <summary>Has a step happen in a world.</summary>
internal static class StepRunner
{
    /// <summary>Odd numbers are disks as hosts found them, even ones as the VM manager knows them.</summary>
    public static Guid Disk(int number) => number % 2 == 1 ? Ids.FoundDisk((number + 1) / 2) : Ids.UpstreamDisk(number / 2);

    public static string VmReport(int choice) => $"{(choice % 2 == 0 ? "up" : "down")}, its disk by {(choice / 2 % 2 == 0 ? "id" : "place")}{(choice >= 4 ? ", seen a minute ago" : "")}";

    public static string DiskReport(int choice) => $"at place {choice / 4 + 1}, {((choice & 1) == 1 ? "illegal" : "legal")}, by {((choice & 2) == 2 ? "a host" : "upstream")}";

    /// <returns>False when it means nothing in this world, and nothing was done.</returns>
    public static async Task<bool> TryDoAsync(World world, Step step)
    {
        switch (step.Kind)
        {
            case StepKind.Deliver or StepKind.DeliverCopy or StepKind.FailToCommit or StepKind.Vanish:
                return await DeliverAsync(world, step);
            case StepKind.Act:
                return Act(world, step);
            case StepKind.Heartbeat or StepKind.Claim or StepKind.Crash or StepKind.Restart:
                return world.Host(step.Subject) is { } host && Do(host, step);
            case StepKind.Sweep or StepKind.SweepFails:
                await world.SweepAsync(step.First, step.Kind == StepKind.SweepFails);
                return true;
            case StepKind.RestartReplica:
                world.RestartReplica(step.First);
                return true;
            case StepKind.Advance:
                world.Advance(TimeSpan.FromSeconds(step.First));
                return true;
            case StepKind.Jump:
                world.Clock.Jump(TimeSpan.FromSeconds(step.First));
                return true;
            default:
                world.Soup.Add(Input(world, step), Envelope.Consumer);
                return true;
        }
    }

    private static async Task<bool> DeliverAsync(World world, Step step)
    {
        if (world.Soup.Find(step.Subject) is not { } envelope || world.Host(envelope.To) is { IsUp: false })
            return false;
        if (step.Kind == StepKind.Vanish)
            world.Soup.Remove(envelope);
        else
            await world.DeliverAsync(envelope, step.Kind == StepKind.DeliverCopy, step.Kind == StepKind.FailToCommit);
        return true;
    }

    private static bool Act(World world, Step step)
    {
        if (world.Attempts.Find(a => a.Key == step.Subject) is not { } attempt)
            return false;
        var host = world.Host(attempt.Host)!;
        var act = (AttemptAct)step.First;
        if (!host.Can(attempt, act))
            return false;
        host.Do(attempt, act);
        return true;
    }

    private static bool Do(SimulatedHost host, Step step)
    {
        var kind = step.Kind;
        if (kind == StepKind.Heartbeat)
            host.IsBroken = step.First == 1;
        if (host.IsUp == (kind == StepKind.Restart) || (kind == StepKind.Claim && !host.MayClaim))
            return false;
        Action act = kind switch { StepKind.Heartbeat => host.Heartbeat, StepKind.Claim => host.Claim, StepKind.Crash => host.Crash, _ => host.Restart };
        act();
        return true;
    }

    private static object Input(World world, Step step)
    {
        var now = world.Clock.Now;
        switch (step.Kind)
        {
            case StepKind.Request:
                return new SparsifyDiskRequested { RequestId = Ids.Operation(step.First), DiskId = Disk(step.Second), Priority = (OperationPriority)(step.First % 3), RequestedAt = now };
            case StepKind.Cancel:
                return new CancelSparsifyRequested { OperationId = Ids.Operation(step.First) };
            case StepKind.Resolve:
                return new ResolveSparsifyRequested { OperationId = Ids.Operation(step.First), Resolution = step.Second == 0 ? Resolution.Retry : Resolution.Release };
            case StepKind.ReportVm:
                var byId = step.Second / 2 % 2 == 0;
                var seenIn = world.Shape.Places[step.First - 1];
                return new VmStatusReported
                {
                    VmId = Ids.Vm(step.First),
                    Name = "vm",
                    Status = step.Second % 2 == 0 ? VmStatus.Up : VmStatus.Down,
                    ReportedAt = step.Second >= 4 ? now.AddMinutes(-1) : now,
                    DiskIds = byId ? [Ids.FoundDisk(step.First), Ids.UpstreamDisk(step.First)] : null,
                    Volumes = byId ? null : [new VolumeReference(seenIn.Domain, seenIn.Path)],
                };
            case StepKind.ReportDisk:
                var place = world.Shape.Places[step.Second / 4];
                return new DiskReported
                {
                    DiskId = Disk(step.First),
                    Name = "disk",
                    StorageDomain = place.Domain,
                    Path = place.Path,
                    Format = VolumeFormat.Raw,
                    VirtualSize = 1000,
                    ActualSize = 1000,
                    ReportedAt = now,
                    Illegal = (step.Second & 1) == 1,
                    Source = (step.Second & 2) == 2 ? ReportSource.Host : ReportSource.Upstream,
                };
            case StepKind.RemoveDisk:
                return new DiskRemoved { DiskId = Disk(step.First), RemovedAt = now, Source = step.Second == 0 ? ReportSource.Upstream : ReportSource.Host };
            case StepKind.Drain:
                return new HostDrainRequested { Host = step.Subject, Draining = step.First == 1, Revision = ++world.DrainRequests };
            default:
                throw new ArgumentOutOfRangeException(nameof(step), step.Kind, "is no input.");
        }
    }
}
