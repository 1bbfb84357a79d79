using System.CommandLine;
using System.Globalization;
using Sparsify.Api.Hosts;
using Sparsify.Api.StorageDomains;
using Sparsify.Cli.Remote;
using Spectre.Console;

namespace Sparsify.Cli.Verbs;

/// <summary><c>sparsify hosts</c>, <c>hosts drain</c>, <c>hosts resume</c> and <c>sparsify domains</c>.</summary>
internal static class FleetVerbs
{
    public static Command CreateHosts()
    {
        var hosts = new Command("hosts", "Lists the hosts: alive or not, slots, tools.").Remote(async (client, _, output, cancellationToken) =>
        {
            output.Write((await client.HostsAsync(cancellationToken)).Items, Table);
            return 0;
        });
        hosts.Subcommands.Add(CreateDrain("drain", "Takes a host out of work; what it runs it ends by itself.", draining: true));
        hosts.Subcommands.Add(CreateDrain("resume", "Puts a drained host back to work.", draining: false));
        return hosts;
    }

    private static Command CreateDrain(string verb, string description, bool draining)
    {
        var name = new Argument<string>("NAME") { Description = "The host." };
        return new Command(verb, description) { name }.Remote(async (client, parse, output, cancellationToken) =>
        {
            output.Write<IReadOnlyList<HostView>>([await client.DrainAsync(parse.GetRequiredValue(name), draining, cancellationToken)], Table);
            return 0;
        });
    }

    public static Command CreateDomains() => new Command("domains", "Lists the storage domains.").Remote(async (client, _, output, cancellationToken) =>
    {
        output.Write((await client.StorageDomainsAsync(cancellationToken)).Items, Table);
        return 0;
    });

    private static Table Table(IReadOnlyList<HostView> hosts)
    {
        var table = Output.Table("host", "alive", "jobs", "domains", "tools", "last heard of");
        foreach (var host in hosts)
        {
            table.AddRow(
                Markup.Escape(host.Name), host.Alive ? "[green]yes[/]" : "[red]no[/]", $"{host.RunningJobs} of {host.Slots}", Markup.Escape(string.Join(' ', host.StorageDomains)),
                Markup.Escape(host.NotClaimingBecause ?? $"{host.Capabilities.VirtSparsifyVersion}, {host.Capabilities.Accelerator}"), $"{host.LastHeartbeat:u}");
        }

        return table;
    }

    private static Table Table(IReadOnlyList<StorageDomainView> domains)
    {
        var table = Output.Table("domain", "kind", "file system", "takes space back", "free", "of", "disks take", "reclaimable", "held by snapshots", "disks in need", "hosts");
        foreach (var domain in domains)
        {
            table.AddRow(
                Markup.Escape(domain.Name), domain.Kind.ToString().ToLowerInvariant(), Markup.Escape(domain.NfsVersion is { } nfs ? $"NFS {nfs}" : domain.FileSystem ?? "-"),
                domain.SupportsDiscard switch { true => "[green]yes[/]", false => "[red]no[/]", null => "not known" }, Output.Bytes(domain.Available), Output.Bytes(domain.Capacity),
                Output.Bytes(domain.ActualSize), Output.Bytes(domain.Reclaimable), Output.Bytes(domain.HeldBySnapshots), domain.NeedSparsify.ToString(CultureInfo.InvariantCulture), Markup.Escape(string.Join(' ', domain.Hosts)));
        }

        return table;
    }
}
