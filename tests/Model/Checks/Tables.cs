using Microsoft.Data.Sqlite;
using Sparsify.Contracts;
using Sparsify.Model.Reference;
using Sparsify.Orchestrator.Jobs;

namespace Sparsify.Model.Checks;

/// <summary>What the Orchestrator's tables hold, read past the Orchestrator.</summary>
internal sealed class Tables(SqliteConnection connection) : IDisposable
{
    private readonly SqliteCommand _operations = Prepare(connection, "SELECT id, state, revision, generation, runs, repairs, cancel_requested FROM operations");
    private readonly SqliteCommand _locks = Prepare(connection, "SELECT disk_id, operation_id, generation FROM disk_locks");
    private readonly SqliteCommand _jobs = Prepare(connection, "SELECT operation_id, status, attempt, cancel_requested, not_before, no_host_since, failed_hosts FROM volume_jobs");
    private readonly SqliteCommand _leases = Prepare(connection, "SELECT disk_id, operation_id, attempt, generation, host, renewals, started FROM leases");
    private readonly SqliteCommand _attempts = Prepare(connection, "SELECT operation_id, number, kind, host, outcome, vital_bytes FROM job_attempts ORDER BY operation_id, number");
    private readonly SqliteCommand _disks = Prepare(connection, "SELECT id, storage_domain, path, generation, illegal FROM disks");
    private readonly SqliteCommand _plugged = Prepare(connection, "SELECT p.vm_id, v.status, p.disk_id, p.storage_domain, p.path FROM vm_disks p JOIN virtual_machines v ON v.id = p.vm_id");

    public IReadOnlyList<OperationRow> Operations { get; private set; } = [];

    public IReadOnlyList<LockRow> Locks { get; private set; } = [];

    public IReadOnlyList<JobRow> Jobs { get; private set; } = [];

    public IReadOnlyList<LeaseRow> Leases { get; private set; } = [];

    public IReadOnlyList<AttemptRow> Attempts { get; private set; } = [];

    public void Read()
    {
        Operations = Rows(_operations, r => new OperationRow(r.GetGuid(0), Enum.Parse<OperationState>(r.GetString(1)), r.GetInt32(2), r.IsDBNull(3) ? null : r.GetInt64(3), r.GetInt32(4), r.GetInt32(5), r.GetBoolean(6)));
        Locks = Rows(_locks, r => new LockRow(r.GetGuid(0), r.GetGuid(1), r.GetInt64(2)));
        Jobs = Rows(_jobs, r => new JobRow(r.GetGuid(0), Enum.Parse<VolumeJobStatus>(r.GetString(1)), r.GetInt32(2), r.GetBoolean(3), Time(r.GetInt64(4)), r.IsDBNull(5) ? null : Time(r.GetInt64(5)), r.GetString(6)));
        Leases = Rows(_leases, r => new LeaseRow(r.GetGuid(0), r.GetGuid(1), r.GetInt32(2), r.GetInt64(3), r.GetString(4), r.GetInt32(5), r.GetBoolean(6)));
        Attempts = Rows(_attempts, r => new AttemptRow(r.GetGuid(0), r.GetInt32(1), r.GetString(2), r.GetString(3), r.IsDBNull(4) ? null : r.GetString(4), r.IsDBNull(5) ? null : r.GetString(5)));
    }

    public Facts ReadFacts() => new(
        Rows(_disks, r => new DiskFact(r.GetGuid(0), r.GetString(1), $"{r.GetString(1)}/{r.GetString(2)}", r.GetInt64(3), r.GetBoolean(4))),
        Rows(_plugged, r => new PluggedFact(r.GetGuid(0), r.GetString(1) != nameof(VmStatus.Down), r.IsDBNull(2) ? null : r.GetGuid(2), r.IsDBNull(3) ? null : $"{r.GetString(3)}/{r.GetString(4)}")));

    public void Dispose()
    {
        foreach (var command in new[] { _operations, _locks, _jobs, _leases, _attempts, _disks, _plugged })
            command.Dispose();
    }

    private static SqliteCommand Prepare(SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Prepare();
        return command;
    }

    private static List<T> Rows<T>(SqliteCommand command, Func<SqliteDataReader, T> read)
    {
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    private static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);
}
