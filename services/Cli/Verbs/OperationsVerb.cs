using System.CommandLine;
using Sparsify.Api.Operations;
using Sparsify.Cli.Remote;
using Sparsify.Contracts;
using Spectre.Console;

namespace Sparsify.Cli.Verbs;

/// <summary><c>sparsify operations</c> and <c>sparsify operation ID</c>.</summary>
internal static class OperationsVerb
{
    public static Command CreateList()
    {
        var limit = new Option<int>("--limit") { Description = "How many, 1 to 500.", DefaultValueFactory = _ => 50 };
        return new Command("operations", "Lists operations, newest first.") { limit }.Remote(async (client, parse, output, cancellationToken) =>
        {
            output.Write((await client.OperationsAsync(parse.GetValue(limit), cancellationToken)).Items, Table);
            return 0;
        });
    }

    public static Command CreateShow()
    {
        var id = new Argument<Guid>("ID") { Description = "The operation." };
        return new Command("operation", "Shows one operation.") { id }.Remote(async (client, parse, output, cancellationToken) =>
        {
            output.Write(await client.OperationAsync(parse.GetRequiredValue(id), cancellationToken), Details);
            return 0;
        });
    }

    /// <summary>One operation, a line for each thing that is known.</summary>
    public static Table Details(OperationView operation)
    {
        var table = Output.Table("operation", operation.Id.ToString());
        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                table.AddRow(name, Markup.Escape(value));
        }

        Add("disk", operation.DiskId.ToString());
        Add("state", $"{operation.State}{(operation.Outcome is { } outcome ? $": {outcome}" : "")}");
        foreach (var attempt in operation.Attempts)
            Add($"attempt {attempt.Number}", string.Join(' ', Describe(attempt)));
        Add("predicted", operation.Predicted is { } predicted ? Output.Bytes(predicted) : null);
        Add("before", Output.Bytes(operation.SizeBefore));
        Add("after", Output.Bytes(operation.SizeAfter));
        Add("reclaimed", Output.Bytes(operation.Reclaimed));
        foreach (var warning in operation.Warnings)
            Add("warning", warning);
        foreach (var violation in operation.Violations)
            Add(violation.Code, $"{violation.Message} {violation.Remedy}");
        Add("error", operation.Error is { } error ? $"{error.Kind}: {error.Message}" : null);
        Add("asked for", $"{operation.CreatedAt:u}{(operation.RequestedBy is { } by ? $" by {by}" : "")}");
        Add("took", operation.StartedAt is { } start && operation.FinishedAt is { } end ? FormattableString.Invariant($"{(end - start).TotalSeconds:0.0} s") : null);
        Add("trace", operation.TraceId);
        return table;
    }

    private static IEnumerable<string> Describe(OperationAttempt attempt)
    {
        yield return $"{(attempt.Kind == AttemptKind.Repair ? "repair" : "run")} on {attempt.Host}: {attempt.Outcome ?? (attempt.StartedAt is null ? "granted" : "running")}.";
        if (attempt.StaleOutcome is { } stale)
            yield return $"Too late it said: {stale}.";
        if (attempt.Error is { } error)
            yield return error.Message;
        foreach (var repair in attempt.Repairs)
            yield return repair;
    }

    private static Table Table(IReadOnlyList<OperationView> operations)
    {
        var table = Output.Table("id", "disk", "state", "host", "reclaimed", "asked for");
        foreach (var operation in operations)
            table.AddRow(operation.Id.ToString(), operation.DiskId.ToString(), $"{operation.State} {operation.Outcome}", Markup.Escape(operation.Host ?? ""), Output.Bytes(operation.Reclaimed), $"{operation.CreatedAt:u}");
        return table;
    }
}
