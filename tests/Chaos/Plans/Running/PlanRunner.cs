using System.Diagnostics;
using System.Text.Json;
using Sparsify.Chaos.Disks;
using Sparsify.Chaos.Fleet;
using Sparsify.Chaos.Invariants;
using Sparsify.Chaos.Planning;
using Sparsify.Chaos.Upstream;
using Sparsify.Testing.Platforms;

namespace Sparsify.Chaos.Running;

/// <summary>Runs plans on a fleet, one after another.</summary>
public sealed class PlanRunner(ChaosFleet fleet, UpstreamSystem upstream)
{
    private static readonly IReadOnlyList<IInvariant> Invariants = [new OneWriter(), new NothingLost(), new DataSafe(), new OneTruth(), new LegalHistory()];
    private static readonly TimeSpan KnownLimit = TimeSpan.FromSeconds(60);
    private static readonly JsonSerializerOptions Reading = JsonSerializerOptions.Web;

    /// <summary>Runs one, and judges it.</summary>
    public async Task<PlanResult> RunAsync(FaultPlan plan)
    {
        var watch = Stopwatch.StartNew();
        var disks = plan.Disks.Select(d => ChaosDisk.Create(fleet.FolderOf(d.Domain), d.Name, d.Behaviours, fleet.Records)).ToDictionary(d => d.Name);
        var clients = new Clients(fleet, upstream, await IdsAsync(plan), plan);
        await Task.WhenAll(
            [
                .. plan.Requests.Select(clients.RequestAsync),
                .. plan.Requests.Where(r => r.CancelAt is not null).Select(clients.CancelAsync),
                .. plan.Vms.Select(clients.RunVmAsync),
                .. plan.Faults.Select(async fault =>
                {
                    await Task.Delay(fault.At);
                    await fault.HappenAsync(fleet);
                }),
            ]);
        await fleet.RestoreAsync();
        var calm = Stopwatch.StartNew();
        await fleet.ReadyAsync();
        var quiet = new Quiet(fleet);
        var notQuiet = await quiet.WaitAsync();
        calm.Stop();
        var evidence = await GatherAsync(plan, disks, clients, quiet, notQuiet);
        List<string> violations = [.. clients.Wrong, .. await DeathsAsync(), .. Invariants.SelectMany(i => i.Violations(evidence))];
        if (violations.Count > 0)
            await quiet.PurgeDeadEndsAsync();
        else
            disks.Values.ToList().ForEach(disk => File.Delete(disk.Path));
        return new PlanResult(
            plan, violations, evidence.Operations.Values.GroupBy(o => o.State).ToDictionary(g => g.Key, g => g.Count()),
            evidence.Runs.Count(r => r is { Kind: "run", What: "begin" }), evidence.Runs.Count(r => r.What == "refused"), evidence.Runs.Count(r => r is { Kind: "repair", What: "end" }), evidence.Released.Count, calm.Elapsed, watch.Elapsed);
    }

    /// <summary>Nothing that happens to a service is a reason to end.</summary>
    private async Task<IReadOnlyList<string>> DeathsAsync()
    {
        var deaths = new List<string>();
        foreach (var member in fleet.Members)
        {
            if (await member.TakeDeathsAsync() is > 0 and var times)
                deaths.Add($"{member.Name} ended {times} times though nobody ended it; its log is {member.LogFile}");
            await member.StartAsync();
        }

        return deaths;
    }

    /// <summary>Waits until the API knows every disk of the plan.</summary>
    private async Task<IReadOnlyDictionary<string, Guid>> IdsAsync(FaultPlan plan)
    {
        var names = plan.Disks.Select(d => d.Name).ToHashSet();
        var known = new Dictionary<string, Guid>();
        await PlatformClient.UntilAsync(
            async () =>
            {
                foreach (var disk in (await fleet.Client.GetAsync($"/api/v1/disks?limit=500&eligible=true&search=plan{plan.Seed}-")).GetProperty("items").EnumerateArray())
                    known[disk.GetProperty("name").GetString()!] = disk.GetProperty("id").GetGuid();
                return names.IsSubsetOf(known.Keys) ? true : (bool?)null;
            },
            KnownLimit,
            () => $"the API knows {string.Join(", ", names.Except(known.Keys))}");
        return known;
    }

    private async Task<PlanEvidence> GatherAsync(FaultPlan plan, Dictionary<string, ChaosDisk> disks, Clients clients, Quiet quiet, IReadOnlyList<string> notQuiet)
    {
        var rows = await fleet.QueryAsync(
            """
            SELECT o.id, d.path, o.state, o.revision, o.outcome, a.state, a.revision
            FROM orchestrator.operations o JOIN orchestrator.disks d ON d.id = o.disk_id LEFT JOIN api.operations a ON a.id = o.id
            """);
        var operations = rows.Where(r => disks.ContainsKey((string)r[1]!)).ToDictionary(
            r => (Guid)r[0]!, r => new OperationFacts((string)r[1]!, (string)r[2]!, (int)r[3]!, (string?)r[4], (string?)r[5], r[6] is null ? null : Convert.ToInt64(r[6], System.Globalization.CultureInfo.InvariantCulture)));
        var attempts = (await fleet.QueryAsync("SELECT operation_id, number, host, error_kind FROM orchestrator.job_attempts"))
            .Select(r => new AttemptFacts((Guid)r[0]!, (int)r[1]!, (string)r[2]!, (string?)r[3])).Where(a => operations.ContainsKey(a.Operation));
        await UntilHeardAsync(operations);
        var file = Path.Combine(fleet.Records, "records.jsonl");
        var runs = File.Exists(file) ? File.ReadLines(file).Select(l => JsonSerializer.Deserialize<RunRecord>(l, Reading)!).Where(r => disks.ContainsKey(r.Disk)) : [];
        return new PlanEvidence
        {
            Plan = plan,
            Answered = clients.Answered,
            Disks = disks,
            Operations = operations,
            Attempts = [.. attempts],
            Heard = HeardOf(operations),
            Runs = [.. runs.OrderBy(r => r.At)],
            Released = quiet.Released,
            NotQuiet = notQuiet,
        };
    }

    /// <summary>The last event may be on its way still.</summary>
    private async Task UntilHeardAsync(Dictionary<Guid, OperationFacts> operations)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < TimeSpan.FromSeconds(5) && operations.Any(o => HeardOf(operations)[o.Key].Count(h => h.Type == "OperationChanged") < o.Value.Revision))
            await Task.Delay(200);
    }

    private ILookup<Guid, Heard> HeardOf(Dictionary<Guid, OperationFacts> operations) =>
        upstream.Heard.Where(h => h.Message.TryGetProperty("operationId", out var id) && operations.ContainsKey(id.GetGuid())).ToLookup(h => h.Message.GetProperty("operationId").GetGuid());
}
