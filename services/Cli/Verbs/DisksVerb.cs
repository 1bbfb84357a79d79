using System.CommandLine;
using Sparsify.Api.Disks;
using Sparsify.Cli.Remote;
using Spectre.Console;

namespace Sparsify.Cli.Verbs;

/// <summary><c>sparsify disks</c>.</summary>
internal static class DisksVerb
{
    public static Command Create()
    {
        var search = new Option<string?>("--search") { Description = "Only disks with this in their name or path." };
        var needs = new Option<bool>("--needs") { Description = "Only disks that need sparsifying, those with most to give back first." };
        return new Command("disks", "Lists the known disks and what speaks against sparsifying each.") { search, needs }.Remote(async (client, parse, output, cancellationToken) =>
        {
            output.Write(await client.DisksAsync(parse.GetValue(search), parse.GetValue(needs), cancellationToken).ToListAsync(cancellationToken), Table);
            return 0;
        });
    }

    private static Table Table(List<DiskView> disks)
    {
        var table = Output.Table("id", "domain", "path", "format", "virtual", "actual", "reclaimable", "held by snapshots", "needs it", "state");
        foreach (var disk in disks)
            table.AddRow(disk.Id.ToString(), Markup.Escape(disk.StorageDomain), Markup.Escape(disk.Path), disk.Format.ToString().ToLowerInvariant(), Output.Bytes(disk.VirtualSize), Output.Bytes(disk.ActualSize), Output.Bytes(disk.Reclaimable), Output.Bytes(disk.HeldBySnapshots), disk.NeedsSparsify ? "[yellow]yes[/]" : "no", State(disk));
        return table;
    }

    private static string State(DiskView disk) => disk switch
    {
        { OperationId: { } operation } => $"[blue]locked by {operation}[/]",
        { Eligible: true } => "[green]eligible[/]",
        _ => $"[yellow]{string.Join(' ', disk.Violations.Select(v => v.Code))}[/]",
    };
}
