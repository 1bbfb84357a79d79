using System.CommandLine;
using Sparsify.Api.Hosts;
using Sparsify.Api.StorageDomains;
using Sparsify.Cli.Remote;
using Spectre.Console;

namespace Sparsify.Cli.Verbs;

/// <summary><c>sparsify hosts</c> and <c>sparsify domains</c>.</summary>
internal static class FleetVerbs
{
    public static Command CreateHosts() => new Command("hosts", "Lists the hosts: alive or not, slots, tools.").Remote(async (client, _, output, cancellationToken) =>
    {
        output.Write((await client.HostsAsync(cancellationToken)).Items, Table);
        return 0;
    });

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
        var table = Output.Table("domain", "kind", "file system", "takes space back", "free", "of", "hosts");
        foreach (var domain in domains)
        {
            table.AddRow(
                Markup.Escape(domain.Name), domain.Kind.ToString().ToLowerInvariant(), Markup.Escape(domain.NfsVersion is { } nfs ? $"NFS {nfs}" : domain.FileSystem ?? "-"),
                domain.SupportsDiscard switch { true => "[green]yes[/]", false => "[red]no[/]", null => "not known" }, Output.Bytes(domain.Available), Output.Bytes(domain.Capacity), Markup.Escape(string.Join(' ', domain.Hosts)));
        }

        return table;
    }
}
