using Sparsify.Model.Orchestration;
using Sparsify.Model.Reference;

namespace Sparsify.Model.Checks;

/// <summary>What the Orchestrator knows and has sent must be what the reference says.</summary>
internal static class Comparison
{
    public static void OfMessages(IReadOnlyList<Sent> sent, IReadOnlyList<string> expected)
    {
        List<string> surplus = [];
        List<string> missing = [.. expected];
        foreach (var words in sent.Where(IsOfInterest).Select(Described))
        {
            if (!missing.Remove(words))
                surplus.Add(words);
        }

        if (missing.Count > 0 || surplus.Count > 0)
            throw new ViolationException("Messages", $"not sent: [{string.Join(", ", missing)}]; sent and not expected: [{string.Join(", ", surplus)}]");
    }

    public static void OfTables(Tables tables, ReferenceState state)
    {
        Same("operations", tables.Operations.Count, state.Operations.Count, "");
        foreach (var row in tables.Operations)
        {
            var o = state.Operations[row.Id];
            var name = Ids.Name(row.Id);
            Same("state", row.State, o.State, name);
            Same("revision", row.Revision, o.Revision, name);
            Same("runs", row.Runs, o.Runs, name);
            Same("repairs", row.Repairs, o.Repairs, name);
            Same("cancel", row.CancelRequested, o.CancelRequested, name);
            Same("generation", row.Generation ?? 0, o.Generation, name);
            Same("lock", tables.Locks.Any(l => l.Operation == row.Id && l.Disk == o.DiskId && l.Generation == o.Generation), o.Volume is not null, name);
            OfJob(tables, o, name);
        }

        Same("locks", tables.Locks.Count, state.Operations.Values.Count(o => o.Volume is not null), "");
        Same("leases", tables.Leases.Count, state.Operations.Values.Count(o => o.Lease is not null), "");
    }

    private static void OfJob(Tables tables, ReferenceOperation o, string name)
    {
        if (tables.Jobs.FirstOrDefault(j => j.Operation == o.Id) is not { } job)
        {
            Same("job", false, o.Generation > 0, name);
            return;
        }

        Same("job status", job.Status, o.Job, name);
        Same("job attempt", job.Attempt, o.Latest?.Number ?? 0, name);
        if (!o.State.IsFinal())
        {
            Same("job cancel", job.CancelRequested, o.JobCancelRequested, name);
            Same("no host since", job.NoHostSince, o.NoHostSince, name);
            Same("failed hosts", job.FailedHosts, $"[{string.Join(",", o.FailedHosts.Select(h => $"\"{h}\""))}]", name);
            if (job.NotBefore < o.NotBefore.Earliest || job.NotBefore > o.NotBefore.Latest)
                throw new ViolationException("Tables: not before", $"{name} may be claimed from {job.NotBefore:u} on; expected from {o.NotBefore.Earliest:u} to {o.NotBefore.Latest:u}");
            o.NotBefore = (job.NotBefore, job.NotBefore);
        }

        var lease = tables.Leases.FirstOrDefault(l => l.Operation == o.Id);
        Same("lease", lease is null ? null : (lease.Disk, lease.Attempt, lease.Generation, lease.Host, lease.Renewals, lease.Started), o.Lease is null ? ((Guid, int, long, string, int, bool)?)null : (o.DiskId, o.Lease.Attempt, o.Generation, o.Lease.Host, o.Lease.Renewals, o.Lease.Started), name);
        Same("attempts", string.Join("; ", tables.Attempts.Where(a => a.Operation == o.Id).Select(a => (a.Number, a.Kind, a.Host, a.Outcome))), string.Join("; ", o.Attempts.Select(a => (a.Number, a.Kind.ToString(), a.Host, a.Outcome))), name);
        Same("vital bytes", string.Join("; ", tables.Attempts.Where(a => a.Operation == o.Id && a.VitalBytes is not null).Select(a => a.Number)), string.Join("; ", o.Attempts.Where(a => a.VitalBytes is not null).Select(a => a.Number)), name);
    }

    private static void Same<T>(string what, T found, T expected, string of)
    {
        if (!EqualityComparer<T>.Default.Equals(found, expected))
            throw new ViolationException($"Tables: {what}", $"{of}: {what} is {found?.ToString() ?? "nothing"}; expected {expected?.ToString() ?? "nothing"}");
    }

    /// <summary>What is told of disks is no part of the model.</summary>
    private static bool IsOfInterest(Sent sent) => sent.Message is not Contracts.DiskChanged;

    private static string Described(Sent sent) => sent.Address is null ? Words.Of(sent.Message) : $"{Words.Of(sent.Message)} > {(sent.Address.StartsWith("host-", StringComparison.Ordinal) ? sent.Address["host-".Length..] : sent.Address)}";
}
