using System.Diagnostics;
using System.Net;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Platforms;
using Sparsify.Testing.Processes;
using Spectre.Console;

namespace Sparsify.Benchmarks.Overhead;

/// <summary>Measures three ways to sparsify a disk, in turns, so that what else the machine does meets all of them.</summary>
internal static class Comparison
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>The options that a host worker adds: only with them virt-sparsify says which file systems it passed over.</summary>
    private static readonly string[] Verbose = ["-v", "-x"];

    public static async Task<int> RunAsync(int rounds)
    {
        await using var platform = new EmbeddedPlatform(settings: new Dictionary<string, string?>
        {
            // As in earnest: the quick settings of tests would cost time of their own.
            ["Sparsify__HostWorker__DiscoveryInterval"] = "00:01:00",
            ["Sparsify__HostWorker__HeartbeatInterval"] = "00:00:15",
            ["Sparsify__Orchestrator__SweepInterval"] = "00:00:05",
        });
        using var aside = TestFolder.Create("bare");
        SharedAppliance.Use(aside.Path);
        var ours = new List<TestDisk>();
        for (var i = 0; i < rounds; i++)
            ours.Add(await TestDisk.CreateAsync(platform.Storage, $"disk-{i}.qcow2", "qcow2"));
        await platform.StartAsync();
        await platform.Client.UntilHostIsReadyAsync();

        var (bare, verbose, operation) = (new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < rounds; i++)
        {
            bare.Add(await BareAsync(aside, []));
            verbose.Add(await BareAsync(aside, Verbose));
            operation.Add(await OperationAsync(platform, ours[i]));
            AnsiConsole.MarkupLineInterpolated($"round {i + 1} of {rounds}: bare {bare[^1]:0.00} s, bare with -v -x {verbose[^1]:0.00} s, operation {operation[^1]:0.00} s");
        }

        Print(("bare", bare), ("bare -v -x", verbose), ("operation", operation));
        return 0;
    }

    private static async Task<double> BareAsync(TestFolder aside, string[] options)
    {
        var disk = await TestDisk.CreateAsync(aside.Path, $"{Guid.NewGuid():N}.qcow2", "qcow2");
        var accelerator = File.ReadAllText(aside.File("appliance.json")).Contains("\"tcg\"", StringComparison.Ordinal) ? "LIBGUESTFS_BACKEND_SETTINGS=force_tcg" : "LIBGUESTFS_BACKEND_SETTINGS=";
        var watch = Stopwatch.StartNew();
        await Tools.RunAsync("env", ["LIBGUESTFS_BACKEND=direct", accelerator, $"LIBGUESTFS_CACHEDIR={aside.File("appliance")}", "virt-sparsify", "-q", .. options, "--in-place", "--format", "qcow2", disk.Path]);
        var seconds = watch.Elapsed.TotalSeconds;
        File.Delete(disk.Path);
        return seconds;
    }

    private static async Task<double> OperationAsync(TestPlatform platform, TestDisk disk)
    {
        var id = (await platform.Client.DiskAsync(disk.Name)).GetProperty("id").GetGuid();
        var watch = Stopwatch.StartNew();
        var (status, accepted) = await platform.Client.SparsifyAsync(id);
        if (status != HttpStatusCode.Accepted)
            throw new InvalidOperationException($"The request was answered with {status}: {accepted}");
        await platform.Client.FinalEventAsync(accepted.GetProperty("id").GetGuid(), Limit);
        var seconds = watch.Elapsed.TotalSeconds;
        var ended = await platform.Client.OperationAsync(accepted.GetProperty("id").GetGuid());
        if (ended.GetProperty("state").GetString() != "Completed")
            throw new InvalidOperationException($"The operation ended otherwise: {ended}");
        return seconds;
    }

    private static void Print(params (string Name, List<double> Seconds)[] ways)
    {
        var table = new Table().AddColumns("way", "median s", "least s", "most s", "median to bare", "difference s");
        var bare = Median(ways[0].Seconds);
        foreach (var (name, seconds) in ways)
        {
            var median = Median(seconds);
            table.AddRow(name, $"{median:0.00}", $"{seconds.Min():0.00}", $"{seconds.Max():0.00}", $"{median / bare:0.000}", $"{median - bare:+0.00;-0.00}");
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine("bare: virt-sparsify --in-place alone; bare -v -x: with the options a host worker gives; operation: from POST to the event that says Completed.");
    }

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
