using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Platforms;
using Sparsify.Testing.Processes;
using Spectre.Console;

namespace Sparsify.Benchmarks.Policies;

/// <summary>Two identical fleets, in which few disks need it: a loop over all of the one, and a policy on the other, one disk at a time.</summary>
internal static class Comparison
{
    private static readonly TimeSpan Limit = TimeSpan.FromHours(1);

    public static async Task<int> RunAsync(int count, int needing)
    {
        await using var platform = new EmbeddedPlatform();
        using var aside = TestFolder.Create("loop");
        SharedAppliance.Use(aside.Path);
        await MakeFleetAsync(platform.Storage, aside, count, needing);
        var loop = Directory.GetFiles(aside.Folder("fleet")).Order().ToList();
        var filled = (Loop: Allocated(aside.Folder("fleet")), Policy: Allocated(platform.Storage));

        await platform.StartAsync();
        await platform.Client.UntilHostIsReadyAsync();
        foreach (var disk in loop)
            await platform.Client.DiskAsync(Path.GetFileName(disk), d => d.GetProperty("reclaimable").ValueKind != JsonValueKind.Null);
        var (policy, run) = await PolicyAsync(platform);
        var back = filled.Policy - Allocated(platform.Storage);
        AnsiConsole.MarkupLineInterpolated($"policy: {policy.TotalSeconds:0.0} s, {run.GetProperty("chosen")} of {run.GetProperty("considered")} disks, {back} bytes given back, {run.GetProperty("reclaimed")} by its report");

        var watch = Stopwatch.StartNew();
        foreach (var disk in loop)
            await BareAsync(aside, disk);
        var naive = watch.Elapsed;
        var naiveBack = filled.Loop - Allocated(aside.Folder("fleet"));

        var table = new Table().AddColumns("way", "s", "runs", "bytes given back", "share of the loop's", "times as fast");
        table.AddRow("loop", $"{naive.TotalSeconds:0.0}", $"{count}", $"{naiveBack}", "1", "1");
        table.AddRow("policy", $"{policy.TotalSeconds:0.0}", $"{run.GetProperty("chosen")}", $"{back}", $"{(double)back / naiveBack:0.00000}", $"{naive / policy:0.00}");
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine("loop: virt-sparsify --in-place on every disk; policy: from POST …/run to the end of its report. One disk at a time in both.");
        return 0;
    }

    /// <summary>The same disks twice: those that do not need it have been sparsified before.</summary>
    private static async Task MakeFleetAsync(string storage, TestFolder aside, int count, int needing)
    {
        var aged = await TestDisk.CreateAsync(aside.Path, "aged.qcow2", "qcow2");
        var clean = aside.File("clean.qcow2");
        await Tools.RunAsync("cp", "--sparse=always", aged.Path, clean);
        await BareAsync(aside, clean);
        for (var i = 0; i < count; i++)
        {
            foreach (var folder in new[] { storage, aside.Folder("fleet") })
                await Tools.RunAsync("cp", "--sparse=always", i < needing ? aged.Path : clean, Path.Combine(folder, $"disk-{i:00}.qcow2"));
        }

        await Tools.RunAsync("sync");
    }

    private static async Task<(TimeSpan Took, JsonElement Run)> PolicyAsync(EmbeddedPlatform platform)
    {
        var (status, policy) = await platform.Client.PostAsync("/api/v1/policies", new { name = "fleet", trigger = new { cron = "0 0 1 1 *", timeZone = "Etc/UTC" }, limits = new { concurrent = 1 } });
        if (status != HttpStatusCode.Created)
            throw new InvalidOperationException($"The policy was answered with {status}: {policy}");
        var id = policy.GetProperty("id").GetGuid();
        var watch = Stopwatch.StartNew();
        var (started, run) = await platform.Client.PostAsync($"/api/v1/policies/{id}/run", new { });
        if (started != HttpStatusCode.Accepted)
            throw new InvalidOperationException($"The run was answered with {started}: {run}");
        var path = $"/api/v1/policies/{id}/runs/{run.GetProperty("id").GetGuid()}";
        var ended = await PlatformClient.UntilAsync(
            async () => await platform.Client.GetAsync(path) is var now && now.GetProperty("endedAt").ValueKind != JsonValueKind.Null ? now : (JsonElement?)null, Limit, () => "the run had ended");
        return (watch.Elapsed, ended);
    }

    private static async Task BareAsync(TestFolder aside, string disk)
    {
        var accelerator = File.ReadAllText(aside.File("appliance.json")).Contains("\"tcg\"", StringComparison.Ordinal) ? "LIBGUESTFS_BACKEND_SETTINGS=force_tcg" : "LIBGUESTFS_BACKEND_SETTINGS=";
        await Tools.RunAsync("env", "LIBGUESTFS_BACKEND=direct", accelerator, $"LIBGUESTFS_CACHEDIR={aside.File("appliance")}", "virt-sparsify", "-q", "--in-place", "--format", "qcow2", disk);
    }

    private static long Allocated(string folder) =>
        long.Parse(Tools.RunAsync("du", "--block-size=1", "--summarize", folder).GetAwaiter().GetResult().Split('\t')[0], System.Globalization.CultureInfo.InvariantCulture);
}
