using Sparsify.Chaos.Faults;
using Sparsify.Chaos.Fleet;

namespace Sparsify.Chaos.Planning;

/// <summary>Makes the plan of a seed.</summary>
public sealed class FaultPlanner
{
    private static readonly TimeSpan RequestSpan = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan FaultSpan = TimeSpan.FromSeconds(9);
    private static readonly string[] Priorities = ["low", "normal", "high"];
    private readonly Random _random;
    private readonly int _seed;
    private readonly bool _storageHasLocks;

    private FaultPlanner(int seed)
    {
        (_seed, _random) = (seed, new Random(seed));
        // Where it has none, only leases keep a second writer away; then nothing may freeze the parent that ends a run with its lease.
        _storageHasLocks = Chance(0.7);
    }

    /// <summary>The plan of a seed.</summary>
    /// <param name="seed">Any number.</param>
    /// <param name="scratchMayFill">The scratch folders are on disks of their own.</param>
    public static FaultPlan Plan(int seed, bool scratchMayFill)
    {
        var planner = new FaultPlanner(seed);
        var disks = planner.Many(3, 6, planner.Disk);
        var requests = planner.Many(disks.Count, disks.Count + 3, i => planner.Request(i, disks.Count));
        var vms = planner.Many(0, 1, i => planner.Vm(disks.Count));
        var faults = planner.Many(1, 5, _ => planner.Fault(scratchMayFill));
        return new FaultPlan(seed, disks, requests, vms, faults);
    }

    private DiskPlan Disk(int number) => new($"plan{_seed}-{number}.img", Pick(FleetSettings.Domains), Many(1, 2, _ => Behaviour()));

    private StandIn.Behaviour Behaviour()
    {
        var behaviour = new StandIn.Behaviour { StepMilliseconds = _random.Next(50, 1500), WithoutImageLock = !_storageHasLocks, RepairHangs = _seed % 4 == 0 };
        return _random.Next(12) switch
        {
            0 => behaviour with { ExitCode = 1, Complaint = Pick<string>(["libguestfs error: guestfs_launch failed.", "Input/output error", "appliance closed the connection unexpectedly", "something nobody has seen before", "No space left on device"]) },
            1 => behaviour with { ExitCode = 3, Complaint = "discard/trim is not supported" },
            2 => behaviour with { ExitCode = _random.Next(1, 128) },
            3 => behaviour with { Garbage = true },
            4 => behaviour with { Hangs = true },
            _ => behaviour,
        };
    }

    private RequestPlan Request(int number, int disks) => new(
        Time(RequestSpan), number < disks ? number : _random.Next(disks), Id(), ByMessage: Chance(0.3), Pick(Priorities), Force: Chance(0.3),
        Copies: Chance(0.2) ? 2 : 1, CancelAt: Chance(0.25) ? Time(FaultSpan) : null);

    private VmPlan Vm(int disks) => new(Time(RequestSpan), TimeSpan.FromSeconds(1 + (4 * _random.NextDouble())), _random.Next(disks), Id());

    private Fault Fault(bool scratchMayFill)
    {
        var (at, lasting) = (Time(FaultSpan), TimeSpan.FromSeconds(0.2 + (8 * _random.NextDouble() * _random.NextDouble())));
        // Beyond a lease now and then.
        if (Chance(0.2))
            lasting = FleetSettings.Lease + TimeSpan.FromSeconds(6 * _random.NextDouble());
        return _random.Next(24) switch
        {
            0 or 1 or 2 => new MemberKilled(at, lasting, AnyMember()),
            3 or 4 => new MemberFrozen(at, lasting, AnyMember()),
            5 => new MemberStopped(at, lasting, AnyMember()),
            6 => Chance(0.5) ? new RollingRestart(at) : new MemberStopped(at, lasting, AnyWorker()),
            7 => new ServerRestarted(at, lasting / 2, IsBroker: true, Crash: Chance(0.5)),
            8 or 9 => new ServerRestarted(at, lasting, IsBroker: false, Crash: Chance(0.5)),
            10 or 11 or 12 => new LinkBroken(at, lasting, AnyMember(), Chance(0.7), Pick<LinkMode>([LinkMode.Cut, LinkMode.Slow, LinkMode.SilentToServer, LinkMode.SilentToService]), TimeSpan.FromMilliseconds(_random.Next(20, 600))),
            13 => new LinkBroken(at, lasting, AnyWorker(), true, Pick<LinkMode>([LinkMode.Cut, LinkMode.SilentToServer, LinkMode.SilentToService]), TimeSpan.Zero),
            14 or 15 => new QueueDetoured(at, lasting, AnyQueue(), _random.Next()),
            16 or 17 => new ClockJumped(at, lasting, AnyMember(), TimeSpan.FromSeconds(Pick<int>([-86_400, -3600, -30, 5, 30, 3600, 86_400, 400 * 86_400]))),
            18 => scratchMayFill ? new ScratchFull(at, lasting, AnyWorker()) : new StorageAway(at, lasting, Pick(FleetSettings.Domains)),
            19 => new StorageAway(at, lasting, Pick(FleetSettings.Domains)),
            20 => new HostDrained(at, lasting, AnyWorker()),
            21 or 22 => new RunHit(at, lasting, Pick<RunProcess>([RunProcess.Tool, RunProcess.Appliance, RunProcess.Lifeline, RunProcess.All]), _random.Next(100), Kill: true, Worker: Chance(0.4)),
            // A whole host that stands still, its lifelines as well, writes on when it wakes up: there only locks of the storage help.
            _ => new RunHit(at, lasting, _storageHasLocks ? Pick<RunProcess>([RunProcess.Tool, RunProcess.Appliance, RunProcess.Lifeline, RunProcess.All]) : RunProcess.Tool, _random.Next(100), Kill: false, Worker: Chance(0.4)),
        };
    }

    private string AnyMember() => Pick<string>(["api", "orchestrator-1", "orchestrator-2", .. FleetSettings.Hosts.Select(h => h.Name)]);

    private string AnyWorker() => Pick(FleetSettings.Hosts).Name;

    private string AnyQueue() => Pick<string>(
        ["orchestrator-operations", "orchestrator-operations", "orchestrator-claims", "orchestrator-leases", "orchestrator-vital-bytes", "api-read-model", "sparsify-disk-requested", "disk-reported", .. FleetSettings.Hosts.Select(h => $"host-{h.Name}")]);

    private TimeSpan Time(TimeSpan span) => span * _random.NextDouble();

    private bool Chance(double of) => _random.NextDouble() < of;

    private T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];

    private List<T> Many<T>(int least, int most, Func<int, T> make) => [.. Enumerable.Range(0, _random.Next(least, most + 1)).Select(make)];

    private Guid Id()
    {
        var bytes = new byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
