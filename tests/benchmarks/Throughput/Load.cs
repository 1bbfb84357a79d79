using System.Diagnostics;
using System.Globalization;
using System.Net;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Platforms;
using Sparsify.Testing.Processes;
using Sparsify.Testing.Servers;
using Spectre.Console;

namespace Sparsify.Benchmarks.Throughput;

/// <summary>Asks for many disks at once, and waits until all are done.</summary>
internal static class Load
{
    private const int Clients = 16;
    private const long DiskSize = 4 << 20;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public static async Task<int> RunAsync(int operations, int rounds, int hosts, int slots)
    {
        await TestServers.GetAsync();
        using var tools = TestFolder.Create("tools");
        var names = Enumerable.Range(1, hosts).Select(i => $"host-{i}").ToList();
        await using var platform = new DistributedPlatform(names, new Dictionary<string, string?>
        {
            // As in earnest, but for what would only make the load wait.
            ["Sparsify__HostWorker__DiscoveryInterval"] = "00:01:00",
            ["Sparsify__HostWorker__HeartbeatInterval"] = "00:00:15",
            ["Sparsify__Orchestrator__SweepInterval"] = "00:00:05",
            ["Sparsify__Orchestrator__MaximumJobsPerStorageDomain"] = "1000",
            ["Sparsify__HostWorker__Slots"] = slots.ToString(CultureInfo.InvariantCulture),
            ["Sparsify__HostWorker__Accelerator"] = "Tcg",
            ["Sparsify__HostWorker__VirtSparsify"] = await MakeToolAsync(tools),
        });
        for (var i = 0; i < operations; i++)
        {
            await using var disk = new FileStream(Path.Combine(platform.Storage, $"disk-{i:D5}.img"), FileMode.CreateNew);
            disk.SetLength(DiskSize);
        }

        await platform.StartAsync();
        await platform.Client.UntilHostIsReadyAsync();
        var disks = await DisksAsync(platform, operations);
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = 180;
        var table = new Table().AddColumns("round", "operations/s", "p50", "p99", "Api", "Orchestrator", "Scanner", "HostWorkers", "their children", "broker", "database", "CPU ms an operation");
        for (var round = 0; round < rounds; round++)
        {
            var before = Measure(platform, names);
            var watch = Stopwatch.StartNew();
            var times = await Task.WhenAll(disks.Chunk((operations + Clients - 1) / Clients).Select(part => ClientAsync(platform, part)));
            await UntilDoneAsync(platform, operations * (round + 1));
            var seconds = watch.Elapsed.TotalSeconds;
            var spent = Measure(platform, names).Zip(before, (after, then) => (after - then) * 1000 / operations).ToList();
            var answers = times.SelectMany(t => t).Order().ToList();
            table.AddRow([
                round == 0 ? "warm-up" : round.ToString(CultureInfo.InvariantCulture), Text(operations / seconds),
                $"{Text(answers[answers.Count / 2])} ms", $"{Text(answers[answers.Count * 99 / 100])} ms", .. spent.Select(Text), Text(spent.Sum())]);
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine($"{operations} operations a round over {hosts} hosts with {slots} slots; p50 and p99 are of the answer to POST; CPU in milliseconds an operation. Services compile what they do often for thousands of messages: the last rounds tell what lasts.");
        return 0;
    }

    private static string Text(double number) => number.ToString("F1", CultureInfo.InvariantCulture);

    private static async Task<string> MakeToolAsync(TestFolder folder)
    {
        var tool = folder.File("virt-sparsify");
        await File.WriteAllTextAsync(tool, "#!/bin/sh\ncase $* in --version) echo none ;; --machine-readable) echo in-place ;; esac\n");
        await Tools.RunAsync("chmod", "+x", tool);
        return tool;
    }

    private static async Task<IReadOnlyList<Guid>> DisksAsync(DistributedPlatform platform, int count)
    {
        await PlatformClient.UntilAsync(async () => await platform.Database.QueryAsync<long>("SELECT count(*) FROM api.disks WHERE eligible") == count ? true : (bool?)null, Limit, () => "all disks are known");
        return (await platform.Database.QueryAsync<Guid[]>("SELECT array_agg(id) FROM api.disks")).ToList();
    }

    private static async Task<List<double>> ClientAsync(DistributedPlatform platform, IReadOnlyList<Guid> disks)
    {
        var times = new List<double>();
        foreach (var disk in disks)
        {
            var begun = Stopwatch.GetTimestamp();
            var (status, body) = await platform.Client.SparsifyAsync(disk, new { force = true });
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            if (status != HttpStatusCode.Accepted)
                throw new InvalidOperationException($"{status}: {body}");
        }

        return times;
    }

    private static async Task UntilDoneAsync(DistributedPlatform platform, int count) => await PlatformClient.UntilAsync(
        async () => await platform.Database.QueryAsync<long>("SELECT count(*) FROM api.operations WHERE state = 'Completed'") == count ? true : (bool?)null, Limit, () => $"{count} operations are done");

    private static List<double> Measure(DistributedPlatform platform, IReadOnlyList<string> hosts)
    {
        var workers = hosts.Select(h => CpuTime.Of(platform.Worker(h).Id)).ToList();
        return
        [
            CpuTime.Of(platform.Api.Id).Own, CpuTime.Of(platform.Orchestrator.Id).Own, CpuTime.Of(platform.Scanner.Id).Own, workers.Sum(w => w.Own), workers.Sum(w => w.Children),
            CpuTime.Below(Environment.ProcessId, "beam"), CpuTime.Below(Environment.ProcessId, "postgres"),
        ];
    }
}
