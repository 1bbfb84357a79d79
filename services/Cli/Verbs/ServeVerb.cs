using System.CommandLine;
using Microsoft.Extensions.Options;
using Sparsify.Cli.Serve;
using Sparsify.Scanner.Thresholds;

namespace Sparsify.Cli.Verbs;

/// <summary><c>sparsify serve</c>: the whole platform in one process.</summary>
internal static class ServeVerb
{
    private const int BadConfiguration = 2;

    public static Command Create()
    {
        var urls = new Option<string>("--urls") { Description = "Where the API listens. There is no sign-in: stay on loopback unless the network is trusted.", DefaultValueFactory = _ => "http://127.0.0.1:8080" };
        var data = new Option<DirectoryInfo>("--data") { Description = "The folder for databases, journal and appliance.", Required = true };
        var slots = new Option<int>("--slots") { Description = "Disks worked on at once; each takes about 1.3 GB of memory.", DefaultValueFactory = _ => 1 };
        var bytes = new Option<long?>("--threshold-bytes") { Description = "A disk needs sparsifying when a run would give back so many bytes (1 GiB unless given), and the share below too." };
        var share = new Option<double?>("--threshold-share") { Description = "The share, 0 to 1, of what the disk takes (0.1 unless given)." };
        var scanEvery = DurationOption.Create("--scan-every", "How often each disk is measured at the least (6h unless given).");
        var policies = new Option<DirectoryInfo>("--policies") { Description = "The folder whose YAML and JSON files give policies; read at start and on change." }.AcceptExistingOnly();
        var domains = DomainOption.Create(required: true);
        var command = new Command("serve", "Runs all services in this process, until it is told to stop.") { urls, data, domains, slots, scanEvery, policies, bytes, share };
        command.SetAction(async (parse, cancellationToken) =>
        {
            try
            {
                var app = EmbeddedPlatform.Build(
                    parse.GetRequiredValue(urls), parse.GetRequiredValue(data).FullName, parse.GetRequiredValue(domains), parse.GetValue(slots), parse.GetValue(scanEvery),
                    parse.GetValue(policies)?.FullName, new ThresholdOptions { Bytes = parse.GetValue(bytes), Share = parse.GetValue(share) });
                await using (app)
                    await app.RunAsync(cancellationToken);
                return 0;
            }
            catch (OptionsValidationException e)
            {
                await Console.Error.WriteLineAsync(string.Join(Environment.NewLine, e.Failures));
                return BadConfiguration;
            }
        });
        return command;
    }
}
