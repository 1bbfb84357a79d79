using System.Text.Json;
using Sparsify.Chaos.Disks;
using Sparsify.Chaos.Faults;
using Sparsify.Chaos.Invariants;
using Sparsify.Chaos.Planning;
using Sparsify.Chaos.Running;
using Sparsify.Chaos.Upstream;
using Sparsify.Testing.Processes;
using Xunit;

namespace Sparsify.Chaos.Tests;

/// <summary>The judges of a plan, given evidence of everything that they are to find.</summary>
public sealed class InvariantTests : IDisposable
{
    private const string Disk = "disk.img";
    private static readonly Guid Operation = Guid.Parse("b3f0a1de-0000-4000-8000-000000000001");
    private readonly TestFolder _folder = TestFolder.Create("evidence");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_plan_in_which_all_went_well_violates_nothing() => Assert.Empty(All(Evidence()));

    [Fact]
    public void An_overlap_and_an_attempt_that_ran_twice_are_two_writers()
    {
        Finds<OneWriter>(Evidence() with { Runs = [.. Runs(1), Run(1, "overlap", 1.5)] }, "two writers on disk.img");
        Finds<OneWriter>(Evidence() with { Runs = [.. Runs(1), .. Runs(1)] }, "ran 2 times");
    }

    [Fact]
    public void More_work_at_once_than_a_storage_domain_may_have_is_found()
    {
        Assert.Empty(new OneWriter().Violations(Evidence() with { Runs = [.. Runs(1), .. Runs(2)] }));
        Finds<OneWriter>(Evidence() with { Runs = [.. Runs(1), .. Runs(2), .. Runs(3)] }, "3 disks of domain-a were worked on at once, and 2 are allowed");
    }

    [Fact]
    public void More_work_at_once_than_a_host_has_slots_is_found()
    {
        AttemptFacts Of(int attempt) => new(Operation, attempt, "host-1", null);
        var evidence = Evidence() with { Runs = [.. Runs(1), .. Runs(2), .. Runs(3)] };
        Finds<OneWriter>(evidence with { Attempts = [Of(1), Of(2), Of(3)] }, "3 disks were worked on at once by host-1, and 2 are allowed");
        Assert.DoesNotContain(new OneWriter().Violations(evidence with { Attempts = [Of(1), Of(2), Of(3) with { Host = "host-2" }] }), v => v.Contains("host-1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(RunProcess.Tool, true)]
    [InlineData(RunProcess.All, false)]
    public void A_disk_that_was_given_to_a_second_writer_is_found_unless_only_locks_can_help(RunProcess frozen, bool isFound)
    {
        var evidence = Evidence() with
        {
            Plan = new FaultPlan(1, [new DiskPlan(Disk, "domain-a", [])], [], [], [new RunHit(TimeSpan.Zero, TimeSpan.FromSeconds(1), frozen, 0, Kill: false, Worker: true)]),
            Runs = [.. Runs(1), Run(2, "refused", 1.5)],
            Attempts = [new AttemptFacts(Operation, 3, "host-1", "InUse")],
        };
        Assert.Equal(isFound ? 2 : 0, new OneWriter().Violations(evidence).Count());
    }

    [Fact]
    public void A_request_without_operation_and_one_without_end_are_lost()
    {
        Finds<NothingLost>(Evidence() with { Answered = new HashSet<Guid> { Operation, Guid.NewGuid() } }, "know no such operation");
        Finds<NothingLost>(Evidence("Running", "Queued", "Running"), "is Running for ever");
    }

    [Fact]
    public void An_end_that_was_not_said_or_said_otherwise_is_found()
    {
        Finds<NothingLost>(Evidence() with { Heard = Heard(["Queued", "Running", "Completed"]) }, "its final events are: ");
        Finds<NothingLost>(Evidence() with { Heard = Heard(["Queued", "Running", "Completed"], "SparsifyDiskCompleted", "SparsifyDiskFailed") }, "SparsifyDiskCompleted, SparsifyDiskFailed");
    }

    [Fact]
    public void A_header_that_is_gone_is_found_unless_a_person_released_the_disk()
    {
        var evidence = Evidence();
        using (var file = new FileStream(evidence.Disks[Disk].Path, FileMode.Open))
        {
            file.Position = (1 << 20) + 1024;
            file.Write(new byte[3072]);
        }

        Finds<DataSafe>(evidence, "disk.img has lost the header");
        Assert.Empty(new DataSafe().Violations(evidence with { Released = new HashSet<Guid> { Operation } }));
    }

    [Fact]
    public void A_change_that_was_not_heard_and_a_path_that_does_not_exist_are_found()
    {
        Finds<LegalHistory>(Evidence() with { Heard = Heard(["Queued", "Running"], "SparsifyDiskCompleted") }, "has 3 revisions, and heard were 1, 2");
        Finds<LegalHistory>(Evidence("Completed", "Queued", "Completed", "Running"), "went from Completed to Running");
    }

    [Fact]
    public void Another_state_in_the_API_a_run_that_never_was_and_what_is_left_over_are_found()
    {
        var evidence = Evidence();
        Finds<OneTruth>(evidence with { Operations = new Dictionary<Guid, OperationFacts> { [Operation] = evidence.Operations[Operation] with { ReadState = "Running" } } }, "the API shows Running");
        Finds<OneTruth>(evidence with { Runs = [] }, "no run of it has done its work");
        Finds<OneTruth>(evidence with { Runs = [Run(1, "begin", 1)] }, "no run of it has done its work");
        Finds<OneTruth>(evidence with { NotQuiet = ["1 locks"] }, "not quiet: 1 locks");
    }

    [Fact]
    public void A_seed_always_gives_the_same_plan_and_others_give_others()
    {
        Assert.Equal(FaultPlanner.Plan(7, scratchMayFill: true).ToString(), FaultPlanner.Plan(7, scratchMayFill: true).ToString());
        Assert.NotEqual(FaultPlanner.Plan(7, scratchMayFill: true).ToString()[10..], FaultPlanner.Plan(8, scratchMayFill: true).ToString()[10..]);
    }

    private static IEnumerable<string> All(PlanEvidence evidence) =>
        new IInvariant[] { new OneWriter(), new NothingLost(), new DataSafe(), new OneTruth(), new LegalHistory() }.SelectMany(i => i.Violations(evidence));

    private static void Finds<T>(PlanEvidence evidence, string violation)
        where T : IInvariant, new() => Assert.Contains(new T().Violations(evidence), v => v.Contains(violation, StringComparison.Ordinal));

    private PlanEvidence Evidence(string state = "Completed", params string[] history)
    {
        history = history is [] ? ["Queued", "Running", "Completed"] : history;
        return new PlanEvidence
        {
            Plan = new FaultPlan(1, [new DiskPlan(Disk, "domain-a", [])], [], [], []),
            Answered = new HashSet<Guid> { Operation },
            Disks = new Dictionary<string, ChaosDisk> { [Disk] = MakeDisk() },
            Operations = new Dictionary<Guid, OperationFacts> { [Operation] = new(Disk, state, history.Length, "Reclaimed", state, history.Length) },
            Attempts = [new AttemptFacts(Operation, 1, "host-1", null)],
            Heard = Heard(history, "SparsifyDiskCompleted"),
            Runs = Runs(1),
            Released = new HashSet<Guid>(),
            NotQuiet = [],
        };
    }

    private ChaosDisk MakeDisk()
    {
        var folder = _folder.Folder(Guid.NewGuid().ToString("N"));
        return ChaosDisk.Create(folder, Disk, [], folder);
    }

    private static ILookup<Guid, Heard> Heard(string[] history, params string[] ends) =>
        history.Select((state, i) => new Heard("OperationChanged", Guid.NewGuid(), JsonSerializer.SerializeToElement(new { operationId = Operation, revision = i + 1, state })))
            .Concat(ends.Select(e => new Heard(e, Guid.NewGuid(), JsonSerializer.SerializeToElement(new { operationId = Operation }))))
            .ToLookup(_ => Operation);

    private static RunRecord[] Runs(int attempt) => [Run(attempt, "begin", 1), Run(attempt, "end", 2)];

    private static RunRecord Run(int attempt, string what, double at) => new(Disk, $"{Operation:D}-{attempt}", "run", what, at, attempt);
}
