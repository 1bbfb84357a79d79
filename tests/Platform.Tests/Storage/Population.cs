using Npgsql;

namespace Sparsify.Platform.Tests.Storage;

/// <summary>The tables of a fleet that has run for years.</summary>
internal static class Population
{
    private static readonly string[] Services = ["orchestrator", "api", "scanner"];

    /// <summary>Fills them.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="operations">Operations that have ended, each with a job and an attempt.</param>
    /// <param name="disks">Disks, each in a VM of its own.</param>
    public static Task FillAsync(NpgsqlConnection connection, int operations, int disks) => RunAsync(connection, [.. Fleet("old", disks), .. Statements(operations, disks)]);

    /// <summary>Disks that nobody has measured, as all services know them.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="storageDomain">Where they are.</param>
    /// <param name="disks">How many.</param>
    public static Task FillFleetAsync(NpgsqlConnection connection, string storageDomain, int disks) => RunAsync(connection, [.. Fleet(storageDomain, disks), "VACUUM ANALYZE"]);

    /// <summary>A long queue, and what is still to be sent after the broker was away.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="storageDomain">Whose jobs wait.</param>
    /// <param name="waiting">How many jobs, each with its operation and lock, and how many messages; no more than there are disks.</param>
    public static Task QueueAsync(NpgsqlConnection connection, string storageDomain, int waiting) => RunAsync(connection,
    [
        $"""
        INSERT INTO orchestrator.operations (id, version, state, revision, disk_id, trigger, priority, allow_snapshots, attempt, last_closed_attempt, runs, repairs, cancel_requested, min_reclaimable, force,
            warnings, violations, created_at)
        SELECT gen_random_uuid(), 1, 'Queued', 1, id, 'Manual', 1, false, 0, 0, 0, 0, false, 0, false, '[]', '[]', now() FROM orchestrator.disks LIMIT {waiting}
        """,
        $"""
        INSERT INTO orchestrator.volume_jobs (operation_id, disk_id, storage_domain, path, format, allow_snapshots, min_reclaimable, force, generation, priority, status, attempt, queued_at, not_before, failed_hosts, cancel_requested)
        SELECT id, disk_id, '{storageDomain}', disk_id || '.img', 'Raw', false, 0, false, 1, 1, 'Waiting', 0, created_at - random() * interval '1 hour', created_at, '[]', false FROM orchestrator.operations WHERE state = 'Queued'
        """,
        $"""
        INSERT INTO orchestrator.disk_locks (disk_id, storage_domain, path, operation_id, generation, taken_at)
        SELECT disk_id, '{storageDomain}', disk_id || '.img', id, 1, created_at FROM orchestrator.operations WHERE state = 'Queued'
        """,
        .. Services.Select(schema => $"INSERT INTO {schema}.outbox (created_at, message_id, destination, content_type, message_type, body) SELECT now() - i * interval '1 s', gen_random_uuid(), '', '', '', '' FROM generate_series(1, {waiting}) i"),
        "ANALYZE",
    ]);

    private static async Task RunAsync(NpgsqlConnection connection, string[] statements)
    {
        foreach (var sql in statements)
        {
            await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
            await command.ExecuteNonQueryAsync();
        }
    }

    private static string[] Fleet(string storageDomain, int disks) =>
    [
        $"""
        INSERT INTO orchestrator.disks (id, name, storage_domain, path, format, allocation, kind, virtual_size, actual_size, chain_length, derived_disks, internal_snapshots, encrypted,
            volume_group_incomplete, illegal, wipe_after_delete, known_upstream, generation, revision)
        SELECT gen_random_uuid(), 'disk-' || i, '{storageDomain}', 'disk-' || i || '.img', 'Raw', 'Sparse', 'Image', 10000, 1000, 1, 0, 0, false, false, false, false, true, 1, 1 FROM generate_series(1, {disks}) i
        """,
        $"""
        INSERT INTO scanner.disks (id, revision, snapshot, storage_domain, measure_due_at, baseline)
        SELECT id, 1, jsonb_build_object('diskId', id, 'revision', 1, 'name', name, 'storageDomain', storage_domain, 'path', path, 'format', 'raw', 'allocation', 'sparse', 'virtualSize', 10000, 'actualSize', 1000,
            'vms', '[]'::jsonb, 'violations', '[]'::jsonb)::text, storage_domain, now() + interval '1 hour' + random() * interval '6 hours', 0 FROM orchestrator.disks WHERE storage_domain = '{storageDomain}'
        """,
        $"""
        INSERT INTO api.disks (id, revision, removed, can_be_measured, storage_domain, eligible, actual_size, reclaimable, held_by_snapshots, reclaimable_key, search_text, sort_key, snapshot)
        SELECT id, 1, false, true, d.storage_domain, true, 1000, 0, 0, '9223372036854775807#' || id, name, d.storage_domain || '/' || path || '#' || id, snapshot
        FROM orchestrator.disks d JOIN scanner.disks USING (id) WHERE d.storage_domain = '{storageDomain}'
        """,
    ];

    private static string[] Statements(int operations, int disks) =>
    [
        "INSERT INTO orchestrator.virtual_machines (id, name, status, tags, reported_at) SELECT gen_random_uuid(), name, 'Down', '[]', now() FROM orchestrator.disks",
        "INSERT INTO orchestrator.vm_disks (vm_id, disk_id) SELECT v.id, d.id FROM orchestrator.virtual_machines v JOIN orchestrator.disks d ON d.name = v.name",
        $"""
        INSERT INTO orchestrator.operations (id, version, state, revision, disk_id, trigger, priority, allow_snapshots, attempt, last_closed_attempt, runs, repairs, cancel_requested, min_reclaimable, force,
            warnings, violations, created_at, finished_at)
        SELECT gen_random_uuid(), 3, 'Completed', 3, gen_random_uuid(), 'Manual', 1, false, 1, 2147483647, 1, 0, false, 0, false, '[]', '[]', now() - i * interval '20 s', now() - i * interval '20 s'
        FROM generate_series(1, {operations}) i
        """,
        """
        INSERT INTO orchestrator.volume_jobs (operation_id, disk_id, storage_domain, path, format, allow_snapshots, min_reclaimable, force, generation, priority, status, attempt, queued_at, not_before, failed_hosts, cancel_requested)
        SELECT id, disk_id, 'vms', 'disk.img', 'Raw', false, 0, false, 1, 1, 'Closed', 1, created_at, created_at, '[]', false FROM orchestrator.operations
        """,
        """
        INSERT INTO orchestrator.job_attempts (operation_id, number, kind, host, repairs, granted_at, ended_at, outcome)
        SELECT id, 1, 'Sparsify', 'host-x', '[]', created_at, finished_at, 'Reclaimed' FROM orchestrator.operations
        """,
        $"INSERT INTO orchestrator.early_cancels (operation_id, asked_at) SELECT gen_random_uuid(), now() FROM generate_series(1, {disks})",
        $"INSERT INTO orchestrator.removed_disks (id, revision, generation, forgotten_at) SELECT gen_random_uuid(), 1, 1, now() FROM generate_series(1, {disks})",
        $"INSERT INTO orchestrator.inbox (message_id, consumer_id, consumed_at) SELECT gen_random_uuid(), gen_random_uuid(), now() FROM generate_series(1, {disks})",
        $"INSERT INTO api.inbox (message_id, consumer_id, consumed_at) SELECT gen_random_uuid(), gen_random_uuid(), now() FROM generate_series(1, {disks})",
        $"INSERT INTO scanner.inbox (message_id, consumer_id, consumed_at) SELECT gen_random_uuid(), gen_random_uuid(), now() FROM generate_series(1, {disks})",
        "INSERT INTO api.measurements (disk_id, day, measured_at, actual_size, reclaimable, held_by_snapshots, exact, live) SELECT id, current_date - n, now() - n * interval '1 day', 1000, 0, 0, true, false FROM api.disks, generate_series(1, 3) n WHERE storage_domain = 'old'",
        """
        INSERT INTO api.operations (id, disk_id, revision, state, sort_key, finished_at, snapshot, progress_attempt, progress_sequence, fraction)
        SELECT id, disk_id, revision, state, lpad((extract(epoch FROM created_at) * 10000000)::bigint::text, 20, '0') || '-' || id, finished_at, '{}', 1, 1, 1 FROM orchestrator.operations
        """,
        // A tenth is tried again and again; the rest is dead.
        """
        INSERT INTO scanner.web_hook_deliveries (hook, disk_id, event_id, body, created_at, attempts, due_at, give_up_at, died_at)
        SELECT 'ops', id, id || '-1', '', now(), 1, now() + interval '1 hour', now(), CASE WHEN random() < 0.9 THEN now() END FROM scanner.disks WHERE storage_domain = 'old'
        """,
        $"""
        INSERT INTO scanner.policy_runs (id, policy_id, policy_name, revision, rule, cause, state, scheduled_at, started_at, ended_at, considered, chosen, omitted, reclaimed)
        SELECT gen_random_uuid(), gen_random_uuid(), 'old', 1, '[]', 'Schedule', 'Completed', now() - i * interval '1 min', now() - i * interval '1 min', now() - i * interval '1 min', 0, 0, 0, 0 FROM generate_series(1, {operations / 10}) i
        """,
        "INSERT INTO scanner.policy_run_disks (run_id, position, turn, operation_id, operation_revision, running, not_before, line) SELECT id, n, 'Ended', gen_random_uuid(), 1, false, started_at, '{}' FROM scanner.policy_runs, generate_series(0, 9) n",
        """
        INSERT INTO api.policy_runs (id, policy_id, revision, sort_key, ended_at, snapshot)
        SELECT id, policy_id, 1, lpad((extract(epoch FROM started_at) * 10000000)::bigint::text, 20, '0') || '-' || id, ended_at, '{}' FROM scanner.policy_runs
        """,
        "VACUUM ANALYZE",
    ];
}
