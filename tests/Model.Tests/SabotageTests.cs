using Sparsify.Contracts;
using Sparsify.Model.Reference;
using Xunit;

namespace Sparsify.Model.Tests;

/// <summary>The test can fail: faults put in on purpose, and wrong lines in the reference, are found.</summary>
public sealed class SabotageTests
{
    private const int MostSequences = 3000;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public static TheoryData<string> Faults => [.. Sabotages.Keys];

    public static TheoryData<string> WrongRules => [.. Mistakes.Keys];

    private static Dictionary<string, Sabotage> Sabotages { get; } = new()
    {
        ["stale results count"] = new() { BelievesStaleResults = true },
        ["messages leave without a commit"] = new() { SendsBeforeCommit = true },
        ["messages are lost at the commit"] = new() { LosesMessages = true },
        ["leases end early"] = new() { Haste = 3 },
        ["a lock outlives its operation"] = new() { Sql = "CREATE TRIGGER broken BEFORE DELETE ON disk_locks BEGIN SELECT RAISE(IGNORE); END" },
        ["a lease outlives its attempt"] = new() { Sql = "CREATE TRIGGER broken BEFORE DELETE ON leases BEGIN SELECT RAISE(IGNORE); END" },
        ["vital bytes are dropped when a lease is lost"] = new() { Sql = "CREATE TRIGGER broken AFTER UPDATE OF outcome ON job_attempts WHEN NEW.outcome = 'Lost' BEGIN UPDATE job_attempts SET vital_bytes = NULL WHERE operation_id = NEW.operation_id; END" },
        ["a repair is forgotten"] = new() { Sql = "CREATE TRIGGER broken AFTER UPDATE OF status ON volume_jobs WHEN NEW.status = 'NeedsRepair' BEGIN UPDATE volume_jobs SET status = 'Waiting' WHERE operation_id = NEW.operation_id; END" },
        ["a held job is offered again"] = new()
        {
            Sql = """
                DROP INDEX ix_leases_operation_id;
                CREATE TRIGGER broken_lease AFTER INSERT ON leases BEGIN UPDATE leases SET disk_id = printf('000000%s-0000-0000-0000-0000000000%02X', substr(NEW.operation_id, 35), NEW.attempt) WHERE rowid = NEW.rowid; END;
                CREATE TRIGGER broken_job AFTER UPDATE OF status ON volume_jobs WHEN NEW.status = 'Running' BEGIN UPDATE volume_jobs SET status = 'Waiting' WHERE operation_id = NEW.operation_id; END
                """,
        },
    };

    private static Dictionary<string, Func<Rule, Rule?>> Mistakes { get; } = new()
    {
        ["a cancel of a running operation does nothing"] = rule => rule.Path is [OperationState.Canceling] ? null : rule,
        ["a run that was cut off is simply run again"] = rule => rule.On.Contains(OperationEvent.CutOff) ? rule with { Path = [OperationState.Recovering, OperationState.Queued] } : rule,
        ["there is always another attempt"] = rule => rule.Path is [.., OperationState.Queued] ? rule with { When = null } : rule,
        ["a disk that cannot be proven sound is released"] = rule => rule.On.Contains(OperationEvent.NotProvable) ? rule with { Path = [OperationState.Failed] } : rule,
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_is_found_and_its_seed_repeats_it(string fault)
    {
        var explorer = new Explorer(Rules.All, Sabotages[fault]);
        var found = await explorer.RunAsync(start: 0, MostSequences, Limit, Environment.ProcessorCount);
        Assert.True(found is not null, $"not found in {explorer.Sequences} sequences");
        Assert.Equal(found.ToString(), (await explorer.RunAsync(found.Seed))?.ToString());
        Assert.True(found.Steps.Count <= 40, found.ToString());
    }

    [Theory]
    [MemberData(nameof(WrongRules))]
    public async Task A_wrong_line_of_the_reference_is_found(string mistake) =>
        Assert.NotNull(await new Explorer([.. Rules.All.Select(Mistakes[mistake]).OfType<Rule>()]).RunAsync(start: 0, MostSequences, Limit, Environment.ProcessorCount));
}
