using System.CommandLine;
using Sparsify.Api.Disks;
using Sparsify.Api.Operations;
using Sparsify.Cli.Remote;
using Sparsify.Contracts;
using Spectre.Console;

namespace Sparsify.Cli.Verbs;

/// <summary><c>sparsify run DISK</c>.</summary>
internal static class RunVerb
{
    private const int NotCompleted = 1;

    public static Command Create()
    {
        var disk = new Argument<string>("DISK") { Description = "The disk's id, name or path." };
        var watch = new Option<bool>("--watch") { Description = "Show the progress and wait for the end; exit code 0 only when it completed or was skipped." };
        var allowSnapshots = new Option<bool>("--allow-snapshots") { Description = "Accept a disk with snapshots; only its leaf volume is worked on." };
        var priority = new Option<OperationPriority>("--priority") { Description = "Order among waiting jobs.", DefaultValueFactory = _ => OperationPriority.Normal };
        var minReclaimable = new Option<long>("--min-reclaimable") { Description = "The least that a run must give back, bytes; with less to gain it is skipped.", DefaultValueFactory = _ => 1 << 20 };
        var force = new Option<bool>("--force") { Description = "Run whatever there is to gain." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only measure the disk and say whether it is eligible." };
        return new Command("run", "Sparsifies one disk.") { disk, watch, allowSnapshots, priority, minReclaimable, force, dryRun }.Remote(async (client, parse, output, cancellationToken) =>
        {
            var id = await DiskFinder.FindAsync(client, parse.GetRequiredValue(disk), cancellationToken);
            var body = new SparsifyBody { RequestId = Guid.CreateVersion7(), AllowSnapshots = parse.GetValue(allowSnapshots), Priority = parse.GetValue(priority), MinReclaimable = parse.GetValue(minReclaimable), Force = parse.GetValue(force), DryRun = parse.GetValue(dryRun), RequestedBy = Environment.UserName };
            if (body.DryRun)
            {
                output.Write(await client.DryRunAsync(id, body, cancellationToken), Verdict);
                return 0;
            }

            var operation = await client.SparsifyAsync(id, body, cancellationToken);
            if (parse.GetValue(watch))
                operation = output.IsJson ? await LastAsync(client, operation, cancellationToken) : await WatchAsync(client, operation, cancellationToken);
            output.Write(operation, OperationsVerb.Details);
            return !parse.GetValue(watch) || operation.State is OperationState.Completed or OperationState.Skipped ? 0 : NotCompleted;
        });
    }

    private static async Task<OperationView> WatchAsync(PlatformClient client, OperationView operation, CancellationToken cancellationToken) =>
        await AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async progress =>
            {
                var bar = progress.AddTask("waiting for a host", maxValue: 1);
                await foreach (var now in client.WatchAsync(operation.Id, cancellationToken))
                {
                    operation = now;
                    bar.Value = now.Progress;
                    bar.Description = Markup.Escape(now.Stage ?? Word(now));
                    if (now.State == OperationState.NeedsAttention)
                        break;
                }

                bar.StopTask();
                return operation;
            });

    private static async Task<OperationView> LastAsync(PlatformClient client, OperationView operation, CancellationToken cancellationToken)
    {
        await foreach (var now in client.WatchAsync(operation.Id, cancellationToken))
        {
            operation = now;
            if (now.State == OperationState.NeedsAttention)
                break;
        }

        return operation;
    }

    private static string Word(OperationView operation) => operation.State switch
    {
        OperationState.Queued when operation.Violations.Count > 0 => $"waiting: {operation.Violations[0].Message}",
        OperationState.Requested or OperationState.Queued => "waiting for a host",
        var state => state.ToString(),
    };

    private static Table Verdict(DryRunView verdict)
    {
        var table = Output.Table(Markup.Escape(verdict.Disk.Name), verdict.Eligible ? "[green]eligible[/]" : "[yellow]not eligible[/]");
        if (verdict.Measurement is { } measured)
            table.AddRow(measured.Exact ? "reclaimable" : "reclaimable, about", $"{Output.Bytes(measured.Reclaimable)} of {Output.Bytes(verdict.Disk.ActualSize)}, measured {measured.MeasuredAt:u}{(measured.Live ? " while a VM had it open" : "")}");
        foreach (var violation in verdict.Violations)
            table.AddRow(violation.Code, Markup.Escape($"{violation.Message} {violation.Remedy}"));
        return table;
    }
}
