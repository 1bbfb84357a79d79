using System.CommandLine;
using System.Globalization;
using Sparsify.Api.StorageDomains;
using Sparsify.Cli.Remote;
using Spectre.Console;

namespace Sparsify.Cli.Verbs;

/// <summary><c>sparsify scan [DOMAIN]</c>.</summary>
internal static class ScanVerb
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var domain = new Argument<string?>("DOMAIN") { Description = "The storage domain; all of them unless given.", Arity = ArgumentArity.ZeroOrOne };
        var watch = new Option<bool>("--watch") { Description = "Show the progress and wait until every disk that is not locked has been looked at." };
        return new Command("scan", "Has the disks of storage domains measured now.") { domain, watch }.Remote(async (client, parse, output, cancellationToken) =>
        {
            var names = parse.GetValue(domain) is { } given ? [given] : (await client.StorageDomainsAsync(cancellationToken)).Items.Select(d => d.Name).ToList();
            var scans = new List<ScanView>();
            foreach (var name in names)
                scans.Add(await client.ScanAsync(name, cancellationToken));
            if (parse.GetValue(watch))
                scans = output.IsJson ? await WatchAsync(client, scans, _ => { }, cancellationToken) : await ShowAsync(client, scans, cancellationToken);
            output.Write(scans, Table);
            return 0;
        });
    }

    private static Task<List<ScanView>> ShowAsync(PlatformClient client, List<ScanView> scans, CancellationToken cancellationToken) =>
        AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(progress =>
            {
                var bars = scans.ToDictionary(s => s.StorageDomain, s => progress.AddTask(Markup.Escape(s.StorageDomain)));
                return WatchAsync(client, scans, scan => (bars[scan.StorageDomain].MaxValue, bars[scan.StorageDomain].Value) = (Math.Max(1, scan.Disks), scan.Disks == 0 ? 1 : scan.LookedAt), cancellationToken);
            });

    private static async Task<List<ScanView>> WatchAsync(PlatformClient client, List<ScanView> scans, Action<ScanView> show, CancellationToken cancellationToken)
    {
        while (true)
        {
            for (var i = 0; i < scans.Count; i++)
            {
                scans[i] = await client.ScanProgressAsync(scans[i], cancellationToken);
                show(scans[i]);
            }

            if (scans.All(s => s.LookedAt >= s.Disks))
                return scans;
            await Task.Delay(Interval, cancellationToken);
        }
    }

    private static Table Table(List<ScanView> scans)
    {
        var table = Output.Table("domain", "disks", "looked at", "since");
        foreach (var scan in scans)
            table.AddRow(Markup.Escape(scan.StorageDomain), scan.Disks.ToString(CultureInfo.InvariantCulture), scan.LookedAt.ToString(CultureInfo.InvariantCulture), $"{scan.Since:u}");
        return table;
    }
}
