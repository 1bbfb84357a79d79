using System.Globalization;
using System.Text.RegularExpressions;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Sparsify.Api.ReadModel;
using Sparsify.Contracts;
using Sparsify.Orchestrator.Storage;
using Sparsify.Platform.Tests.Alerts.WebHooks;
using Sparsify.Platform.Tests.Hosting;
using Sparsify.Scanner.Policies.Runs;
using Sparsify.Scanner.Storage;
using Sparsify.Testing.Processes;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.Platform.Tests.Storage;

/// <summary>What the services ask of a database that has grown for years.</summary>
public sealed partial class QueryPlanTests(ITestOutputHelper output)
{
    private const int Disks = 100_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>These grow; a few rows of others are read quicker without an index.</summary>
    private static readonly string[] Grow = ["operations", "early_cancels", "volume_jobs", "job_attempts", "disks", "removed_disks", "virtual_machines", "vm_disks", "disk_locks", "inbox", "outbox", "measurements", "web_hook_deliveries", "policy_runs", "policy_run_disks"];

    private static int Operations => int.Parse(Environment.GetEnvironmentVariable("SPARSIFY_TEST_OPERATIONS") ?? "100000", CultureInfo.InvariantCulture);

    private static int Waiting => Math.Min(Operations / 10, Disks);

    [Fact]
    public async Task Every_statement_on_the_way_of_an_operation_finds_its_rows_by_an_index()
    {
        var recorder = new StatementRecorder();
        using var folder = TestFolder.Create("plans");
        await File.WriteAllTextAsync(folder.File("secret"), HookReceiver.Secret, TestContext.Current.CancellationToken);
        await using var receiver = await HookReceiver.StartAsync();
        receiver.Next(Answers.Status(500), Answers.Status(410));
        await using var platform = await TestPlatform.StartAsync(
            BackEndKind.Distributed,
            services => services.ConfigureDbContext<OrchestratorDbContext>(o => o.AddInterceptors(recorder)).ConfigureDbContext<ApiDbContext>(o => o.AddInterceptors(recorder)).ConfigureDbContext<ScannerDbContext>(o => o.AddInterceptors(recorder)),
            ("Sparsify:Orchestrator:RetentionInterval", "00:00:00.5"), ("Sparsify:Api:RetentionInterval", "00:00:00.5"), ("Sparsify:Orchestrator:LeaseDuration", "00:00:02"),
            ("Sparsify:Scanner:RetentionInterval", "00:00:00.5"), ("Sparsify:Scanner:Thresholds:Bytes", "1"), ("Sparsify:Scanner:Thresholds:Share", "0"),
            ("Sparsify:Scanner:WebHooks:ops:Url", receiver.Url), ("Sparsify:Scanner:WebHooks:ops:SecretFile", folder.File("secret")), ("Sparsify:Scanner:WebHooks:ops:RetryDelay", "00:00:00.1"));
        await using var connection = new NpgsqlConnection(platform.BackEnd.Database!.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        recorder.Records = true;
        var disks = new[] { await platform.AddDiskAsync(), await platform.AddDiskAsync(), await platform.AddDiskAsync() };
        await Population.FillAsync(connection, Operations, Disks);
        await LiveAsync(platform, disks);
        recorder.Records = false;
        // Seen by this transaction alone: the services would begin to work it off.
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await Population.QueueAsync(connection, TestPlatform.Domain, Waiting);

        var slow = new List<string>();
        foreach (var ((schema, statement), parameters) in recorder.Statements.OrderBy(s => s.Key))
        {
            var plan = await PlanAsync(connection, schema, statement, parameters);
            output.WriteLine($"{statement}\n{plan}\n");
            if (Grow.Any(table => Regex.IsMatch(plan, $@"Seq Scan on {table}\b")))
                slow.Add($"{statement}\n{plan}");
        }

        Assert.True(slow.Count == 0, string.Join("\n\n", slow));
        output.WriteLine($"{recorder.Statements.Count()} statements at {Operations} operations that have ended, {Waiting} that wait, and {Disks} disks.");
    }

    /// <summary>Everything that happens often, once.</summary>
    private static async Task LiveAsync(TestPlatform platform, Guid[] disks)
    {
        await platform.HostA.HeartbeatAsync(slots: 4);
        await platform.Bus.Publish(new StorageDomainReported { Name = TestPlatform.Domain, Kind = StorageKind.File, FileSystem = "nfs4", NfsVersion = "4.2", ReportedAt = DateTimeOffset.UtcNow });
        var (done, repaired, gone) = (disks[0], disks[1], disks[2]);
        await platform.Bus.Publish(new VmStatusReported { VmId = Guid.NewGuid(), Name = "web-1", Status = VmStatus.Down, ReportedAt = DateTimeOffset.UtcNow, DiskIds = [done] });
        await platform.Bus.Publish(new DiskRemoved { DiskId = gone, RemovedAt = DateTimeOffset.UtcNow.AddMinutes(1) });
        await platform.Bus.Publish(new CancelSparsifyRequested { OperationId = Guid.NewGuid() });

        await platform.MeasuredAsync(done, new VolumeMeasurement { Reclaimable = 1, HeldBySnapshots = 0, Exact = true, MeasuredAt = DateTimeOffset.UtcNow });

        var first = await platform.RequestAsync(done);
        var job = await platform.HostA.GetJobAsync(first, slots: 4);
        await platform.HostA.BeginAsync(job);
        await platform.HostA.ProgressAsync(job, 1, 0.5, "Trimming /dev/sda1");
        await platform.HostA.SucceededAsync(job);
        await platform.Client.OperationInAsync(first, Limit, "Completed");

        var second = await platform.RequestAsync(repaired);
        await platform.HostA.BeginAsync(await platform.HostA.GetJobAsync(second, slots: 4));
        // Silent until its lease is over.
        await platform.HostA.RepairedAsync(await platform.HostA.GetRepairAsync(second, attempt: 2), RepairOutcome.Clean);
        await platform.HostA.GetJobAsync(second, attempt: 3, slots: 4);
        await platform.Client.CancelAsync(second);
        await platform.HostA.CanceledAsync(platform.HostA.Received<SparsifyVolume>().Last());
        await platform.Client.OperationInAsync(second, Limit, "Canceled");

        // Not the storage domains: their totals are sums over all disks.
        foreach (var path in new[] { "disks?limit=10&storageDomain=vms", "disks?limit=10&eligible=false", "operations?limit=2&state=Canceled", $"operations?diskId={done}", "operations?limit=1", "hosts", $"disks/{done}", "policies?limit=10", "storage-domains/vms/scan?since=2030-01-01", $"disks/{done}/measurements?limit=10" })
            await platform.Client.GetAsync($"/api/v1/{path}");
        await RunPolicyAsync(platform, disks[1]);
        await Task.Delay(TimeSpan.FromSeconds(3));
    }

    /// <summary>What is asked as a run goes on. The choice of its disks is not among it: that looks through all disks.</summary>
    private static async Task RunPolicyAsync(TestPlatform platform, Guid disk)
    {
        var run = Guid.NewGuid();
        await platform.Bus.Publish(new PolicyRunChanged
        {
            RunId = run,
            Revision = 1,
            PolicyId = disk,
            PolicyName = "nightly",
            Cause = PolicyRunCause.Manual,
            State = PolicyRunState.Completed,
            ScheduledAt = DateTimeOffset.UtcNow,
            StartedAt = DateTimeOffset.UtcNow,
            Considered = 0,
            Chosen = 0,
            Reclaimed = 0,
        });
        await TestPlatform.UntilAsync(() => platform.WithReadModelAsync(db => db.PolicyRuns.AnyAsync(r => r.Id == run)), "the run is known");
        await platform.Client.GetAsync($"/api/v1/policies/{disk}/runs");
        await platform.WithAsync<RunOutcomes, bool>(async outcomes =>
        {
            await outcomes.NoteAsync(new OperationChanged { OperationId = Guid.NewGuid(), Revision = 1, DiskId = disk, State = OperationState.Completed, Trigger = OperationTrigger.Policy, Priority = OperationPriority.Normal, Attempt = 1, CreatedAt = DateTimeOffset.UtcNow }, run, CancellationToken.None);
            return true;
        });
    }

    private static async Task<string> PlanAsync(NpgsqlConnection connection, string schema, string statement, IReadOnlyList<NpgsqlParameter> parameters)
    {
        await using (var path = new NpgsqlCommand($"SET search_path = {schema}", connection))
            await path.ExecuteNonQueryAsync();
        // Several inserts and updates may go as one command; an insert has no plan to speak of.
        if (!Explainable().IsMatch(statement) || statement.TrimEnd().TrimEnd(';').Contains(';', StringComparison.Ordinal))
            return "(several, each by its key)";
        await using var command = new NpgsqlCommand($"EXPLAIN {statement}", connection);
        command.Parameters.AddRange(parameters.Select(p => p.Clone()).ToArray());
        var lines = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            lines.Add(reader.GetString(0));
        return string.Join('\n', lines);
    }

    [GeneratedRegex(@"^(SELECT|UPDATE|DELETE|WITH)\b(?! pg_)")]
    private static partial Regex Explainable();
}
