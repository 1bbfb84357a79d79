using System.Globalization;
using System.Text.Json;
using Sparsify.Api.Policies;
using Sparsify.Cli.Remote;
using Sparsify.Contracts;
using Spectre.Console;

namespace Sparsify.Cli.Verbs;

/// <summary>Policies and their runs for people.</summary>
internal static class PolicyTables
{
    public static Table List(List<PolicyView> policies)
    {
        var table = Output.Table("policy", "enabled", "trigger", "mode", "file", "problem");
        foreach (var policy in policies)
        {
            table.AddRow(
                Markup.Escape(policy.Name), policy.Enabled ? "[green]yes[/]" : "no", Markup.Escape(Trigger(policy.Trigger)), Word(policy.Mode), Markup.Escape(policy.File ?? "-"), Markup.Escape(policy.FileProblem ?? ""));
        }

        return table;
    }

    public static Table Details(PolicyView policy)
    {
        var table = Output.Table("policy", Markup.Escape(policy.Name));
        void Add(string name, object? value)
        {
            if (value is not null)
                table.AddRow(name, Markup.Escape(value as string ?? JsonSerializer.Serialize(value, JsonSerializerOptions.Web)));
        }

        Add("id", policy.Id.ToString());
        Add("revision", policy.Revision);
        Add("enabled", policy.Enabled ? "yes" : "no");
        Add("trigger", Trigger(policy.Trigger));
        Add("selector", policy.Selector);
        Add("thresholds", policy.Thresholds);
        Add("limits", policy.Limits);
        Add("window", policy.Window);
        Add("mode", Word(policy.Mode));
        Add("priority", Word(policy.Priority));
        Add("overlap", Word(policy.Overlap));
        Add("file", policy.File);
        Add("problem", policy.FileProblem);
        Add("changed", $"{policy.ChangedAt:u}");
        return table;
    }

    public static Table Preview(PolicyPreviewed preview) => Disks(preview.Disks, preview.Omitted).Title(Markup.Escape(
        $"{preview.Chosen} of {preview.Considered} disks, {Output.Bytes(preview.Reclaimable)}{(preview.WindowOpen ? "" : "; the window is closed")}{(preview.NextRunAt is { } next ? $"; next at {next:u}" : "")}"));

    public static Table Report(PolicyRunView run) => Disks(run.Disks, run.Omitted).Title(Markup.Escape($"{run.State}: {run.Chosen} of {run.Considered} disks, {Output.Bytes(run.Reclaimed)} given back. {run.Reason}"));

    public static Table Runs(IReadOnlyList<PolicyRunView> runs)
    {
        var table = Output.Table("due", "cause", "state", "considered", "chosen", "ended well", "reclaimed", "ended", "reason");
        foreach (var run in runs)
        {
            var good = run.Disks.Count(d => d.Outcome is OperationState.Completed or OperationState.Skipped);
            table.AddRow(
                $"{run.ScheduledAt:u}", Word(run.Cause), run.State.ToString(), Number(run.Considered), Number(run.Chosen), Number(good), Output.Bytes(run.Reclaimed), run.EndedAt is { } ended ? $"{ended:u}" : "-", Markup.Escape(run.Reason ?? ""));
        }

        return table;
    }

    private static Table Disks(IReadOnlyList<PolicyRunDisk> disks, int omitted)
    {
        var table = Output.Table("disk", "domain", "path", "reclaimable", "verdict", "outcome", "reclaimed", "why");
        foreach (var disk in disks)
        {
            table.AddRow(
                Markup.Escape(disk.Name), Markup.Escape(disk.StorageDomain), Markup.Escape(disk.Path), Output.Bytes(disk.Reclaimable), Word(disk.Verdict), disk.Outcome?.ToString() ?? "-", Output.Bytes(disk.Reclaimed),
                Markup.Escape(disk.TakenBy ?? disk.Problem ?? string.Join(' ', disk.Violations.Select(v => v.Message))));
        }

        return omitted > 0 ? table.Caption($"and {omitted} more") : table;
    }

    private static string Trigger(PolicyTrigger trigger)
    {
        List<string> parts = [.. trigger.Events.Select(Word)];
        if (trigger.Cron is { } cron)
            parts.Insert(0, $"{cron} {trigger.TimeZone ?? "UTC"}");
        if (trigger.GrewBy is { } bytes)
            parts.Add($"grew by {Output.Bytes(bytes)}");
        return string.Join(", ", parts);
    }

    private static string Word<T>(T word)
        where T : struct, Enum => JsonSerializer.Serialize(word).Trim('"');

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
