using System.CommandLine;
using Sparsify.Api.Alerts;
using Sparsify.Cli.Remote;
using Spectre.Console;

namespace Sparsify.Cli.Verbs;

/// <summary><c>sparsify alerts</c>.</summary>
internal static class AlertsVerb
{
    public static Command Create()
    {
        var all = new Option<bool>("--all") { Description = "Also those that are over." };
        return new Command("alerts", "Lists the disks whose dead space has passed their thresholds, and what must be done before each can be sparsified.") { all }.Remote(async (client, parse, output, cancellationToken) =>
        {
            output.Write(await client.AlertsAsync(parse.GetValue(all), cancellationToken).ToListAsync(cancellationToken), Table);
            return 0;
        });
    }

    private static Table Table(List<AlertView> alerts)
    {
        var table = Output.Table("disk", "domain", "path", "actual", "reclaimable", "held by snapshots", "since", "over", "first");
        foreach (var alert in alerts)
        {
            table.AddRow(
                alert.DiskId.ToString(), Markup.Escape(alert.StorageDomain), Markup.Escape(alert.Path), Output.Bytes(alert.ActualSize), Output.Bytes(alert.Reclaimable), Output.Bytes(alert.HeldBySnapshots),
                $"{alert.RaisedAt:u}", alert.ClearedAt is { } cleared ? $"{cleared:u}: {alert.ClearedBecause}" : "-", Markup.Escape(string.Join(' ', alert.Violations.Select(v => v.Remedy))));
        }

        return table;
    }
}
