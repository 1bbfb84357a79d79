using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using Sparsify.Chaos.Faults;
using Sparsify.Chaos.Fleet;
using Sparsify.Chaos.Upstream;

namespace Sparsify.Chaos.Running;

/// <summary>Waits until nothing is left to do, and decides in place of a person where one is called.</summary>
public sealed class Quiet(ChaosFleet fleet)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(300);
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    /// <summary>Heartbeats, claims and offers are always on their way.</summary>
    private static readonly string[] NeverEmpty = ["orchestrator-claims", "orchestrator-hosts", "api-read-model", "host-", "disk-reported", "storage-domain-reported", UpstreamSystem.Queue];

    private static readonly string[] DeadEnds = [".dead-letter", ".skipped"];
    private readonly Dictionary<Guid, int> _decisions = [];

    /// <summary>Operations that were released.</summary>
    public HashSet<Guid> Released { get; } = [];

    /// <summary>Waits.</summary>
    /// <returns>What is still not quiet when the time is up.</returns>
    public async Task<IReadOnlyList<string>> WaitAsync()
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var open = await OpenAsync();
            if (open.Count == 0 || watch.Elapsed > Limit)
                return open;
            await DecideAsync();
            await Task.Delay(Poll);
        }
    }

    /// <summary>Empties the queues of messages that could not be handled.</summary>
    public async Task PurgeDeadEndsAsync()
    {
        foreach (var queue in (await fleet.QueuesAsync()).Where(q => q.Value > 0 && DeadEnds.Any(end => q.Key.EndsWith(end, StringComparison.Ordinal))))
            await fleet.PurgeAsync(queue.Key);
    }

    private async Task<List<string>> OpenAsync()
    {
        var open = new List<string>();
        try
        {
            await CountAsync(open, "operations that are not final", "SELECT id, state FROM orchestrator.operations WHERE finished_at IS NULL");
            await CountAsync(open, "locks", "SELECT disk_id, operation_id FROM orchestrator.disk_locks");
            await CountAsync(open, "leases", "SELECT disk_id, host FROM orchestrator.leases");
            await CountAsync(open, "jobs that are not closed", "SELECT operation_id, status FROM orchestrator.volume_jobs WHERE status <> 'Closed'");
            await CountAsync(open, "messages in the Orchestrators' outbox", "SELECT id, message_type FROM orchestrator.outbox");
            await CountAsync(open, "messages in the API's outbox", "SELECT id, message_type FROM api.outbox");
            await CountAsync(open, "requests without a decision", "SELECT id, state FROM api.operations WHERE finished_at IS NULL");
            await CountAsync(open, "operations that the API shows otherwise", "SELECT o.id, o.state, o.revision, a.state, a.revision FROM orchestrator.operations o LEFT JOIN api.operations a ON a.id = o.id WHERE a.revision IS DISTINCT FROM o.revision");
            await CountAsync(open, "disks that the API shows otherwise", "SELECT d.path, d.revision, a.revision FROM orchestrator.disks d FULL JOIN (SELECT * FROM api.disks WHERE NOT removed) a ON a.id = d.id WHERE a.revision IS DISTINCT FROM d.revision");
            await CountAsync(open, "hosts that the Orchestrators keep drained", "SELECT name, drain_revision FROM orchestrator.hosts WHERE draining");
            await CountAsync(open, "hosts that the API shows as drained", "SELECT name, drain_revision FROM api.hosts WHERE draining");
            foreach (var (queue, count) in (await fleet.QueuesAsync()).Where(q => q.Value > 0 && !NeverEmpty.Any(name => q.Key.StartsWith(name, StringComparison.Ordinal) && !DeadEnds.Any(end => q.Key.EndsWith(end, StringComparison.Ordinal)))))
                open.Add($"queue {queue} holds {count} messages");
        }
        catch (Exception e) when (e is NpgsqlException or HttpRequestException or IOException)
        {
            open.Add(e.Message);
        }

        open.AddRange(RunProcesses.Find(fleet).Select(p => $"process {p.Id} ({p.Kind}) of run {p.Run} lives"));
        foreach (var host in FleetSettings.Hosts)
        {
            var attempts = Path.Combine(fleet.ScratchOf(host.Name), "attempts");
            if (Directory.Exists(attempts) && Directory.GetDirectories(attempts) is { Length: > 0 } left)
                open.Add($"{host.Name} has {left.Length} attempts in its journal: {string.Join(", ", left.Select(Path.GetFileName))}");
        }

        return open;
    }

    private async Task CountAsync(List<string> open, string what, string sql)
    {
        var rows = await fleet.QueryAsync(sql);
        if (rows.Count > 0)
            open.Add($"{rows.Count} {what}: {string.Join("; ", rows.Take(5).Select(r => string.Join(' ', r)))}");
    }

    /// <summary>Has the disk looked at again, twice; then releases it.</summary>
    private async Task DecideAsync()
    {
        try
        {
            foreach (var operation in (await fleet.Client.GetAsync("/api/v1/operations?state=NeedsAttention")).GetProperty("items").EnumerateArray())
            {
                var id = operation.GetProperty("id").GetGuid();
                var resolution = _decisions.GetValueOrDefault(id) < 2 ? "retry" : "release";
                using var answer = await fleet.Client.Http.PostAsJsonAsync($"/api/v1/operations/{id}/resolve", new { resolution, requestedBy = "chaos" });
                if (!answer.IsSuccessStatusCode)
                    continue;
                _decisions[id] = _decisions.GetValueOrDefault(id) + 1;
                if (resolution == "release")
                    Released.Add(id);
            }
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or InvalidOperationException or JsonException)
        {
            // The API is not there yet.
        }
    }
}
