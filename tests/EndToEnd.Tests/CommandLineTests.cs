using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Platforms;
using Xunit;

namespace Sparsify.EndToEnd.Tests;

/// <summary>The command <c>sparsify</c> as an administrator uses it.</summary>
public sealed class CommandLineTests
{
    private string _address = "";

    [Fact]
    public async Task An_administrator_looks_runs_watches_and_is_refused()
    {
        await using var platform = new EmbeddedPlatform();
        var disk = await TestDisk.CreateAsync(platform.Storage, "web-1.qcow2", "qcow2");
        await Tools.RunAsync("fallocate", "-l", "8M", $"{platform.Storage}/db.img");
        await platform.StartAsync();
        _address = platform.Client.Http.BaseAddress!.ToString();
        await platform.Client.DiskAsync("db.img", d => d.Codes().Contains("PREALLOCATED"));
        await platform.Client.DiskAsync("web-1.qcow2");
        await platform.Client.UntilHostIsReadyAsync();

        var disks = await SparsifyAsync("disks", "--json");
        Assert.Equal(["db.img", "web-1.qcow2"], Items(disks).Select(d => d.Text("name")).Order());
        Assert.Contains("PREALLOCATED", (await SparsifyAsync("disks", "--search", "db")).StandardOutput, StringComparison.Ordinal);
        Assert.Single(Items(await SparsifyAsync("hosts", "--json")));
        Assert.Equal(TestPlatform.Domain, Items(await SparsifyAsync("domains", "--json")).Single().Text("name"));

        await platform.Client.DiskAsync("web-1.qcow2", d => d.GetProperty("needsSparsify").GetBoolean());
        Assert.Equal("web-1.qcow2", Items(await SparsifyAsync("disks", "--needs", "--json")).Single().Text("name"));
        Assert.Contains("web-1.qcow2", (await SparsifyAsync("alerts")).StandardOutput, StringComparison.Ordinal);
        var scanned = Items(await SparsifyAsync("scan", TestPlatform.Domain, "--watch", "--json")).Single();
        Assert.Equal((TestPlatform.Domain, 2, 2), (scanned.Text("storageDomain"), scanned.GetProperty("disks").GetInt32(), scanned.GetProperty("lookedAt").GetInt32()));
        Assert.NotEqual(0, (await SparsifyAsync("scan", "nowhere")).ExitCode);
        await PolicyAsync(platform);
        var refused = await SparsifyAsync("run", "db.img");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("preallocated", refused.StandardError, StringComparison.OrdinalIgnoreCase);
        Assert.NotEqual(0, (await SparsifyAsync("run", "no-such-disk")).ExitCode);
        var shown = Items(await SparsifyAsync("disks", "--json")).Single(d => d.Text("name") == "web-1.qcow2");
        var dryRun = await SparsifyAsync("run", "web-1.qcow2", "--dry-run", "--json");
        Assert.Equal(0, dryRun.ExitCode);
        // Measured for this answer, by the host.
        Assert.True(JsonDocument.Parse(dryRun.StandardOutput).RootElement.GetProperty("measurement").GetProperty("measuredAt").GetDateTimeOffset() > shown.GetProperty("measuredAt").GetDateTimeOffset());

        var image = Path.Combine(platform.Storage, "web-1.qcow2");
        var measured = JsonDocument.Parse((await RunAsync("measure", image, "--json")).StandardOutput).RootElement;
        Assert.Equal(
            ["path", "format", "virtualSize", "actualSize", "reclaimable", "heldBySnapshots", "exact", "regions"],
            measured.EnumerateObject().Select(p => p.Name));
        Assert.Equal(
            ["kind", "fileSystem", "label", "start", "size", "used", "free", "reclaimable", "note"],
            measured.GetProperty("regions")[0].EnumerateObject().Select(p => p.Name));
        Assert.Contains("ext4", (await RunAsync("measure", image)).StandardOutput, StringComparison.Ordinal);
        Assert.NotEqual(0, (await RunAsync("measure", image + ".away")).ExitCode);
        var predicted = measured.GetProperty("reclaimable").GetInt64();
        Assert.Equal(predicted, Items(await SparsifyAsync("disks", "--json")).Single(d => d.Text("name") == "web-1.qcow2").GetProperty("reclaimable").GetInt64());

        var run = await SparsifyAsync("run", "web-1.qcow2", "--watch");
        Assert.True(run.ExitCode == 0, run.StandardOutput + run.StandardError);
        var operation = Items(await SparsifyAsync("operations", "--json")).First(o => o.Text("state") == "Completed");
        Assert.Contains("Reclaimed", (await SparsifyAsync("operation", operation.Id().ToString())).StandardOutput, StringComparison.Ordinal);
        Assert.Equal(predicted, operation.GetProperty("predicted").GetInt64());
        Assert.InRange(operation.GetProperty("reclaimed").GetInt64(), predicted * 99 / 100, predicted * 101 / 100);

        // What has nothing left to give is skipped: no appliance is started.
        var again = await SparsifyAsync("run", "web-1.qcow2", "--watch", "--json");
        Assert.Equal(0, again.ExitCode);
        var skipped = JsonDocument.Parse(again.StandardOutput).RootElement;
        Assert.Equal("Skipped", skipped.Text("state"));
        Assert.InRange(skipped.GetProperty("predicted").GetInt64(), 0, 1 << 20);
        Assert.NotEqual(0, (await SparsifyAsync("cancel", operation.Id().ToString())).ExitCode);
        await disk.VerifyAsync();
    }

    /// <summary>Made, shown, tried and taken back; it starts nothing.</summary>
    private async Task PolicyAsync(EmbeddedPlatform platform)
    {
        var file = Path.Combine(platform.Scratch, "yearly.yaml");
        await File.WriteAllTextAsync(file, "name: yearly\ntrigger: {cron: 0 0 1 1 *, timeZone: Europe/Prague}\nselector: {disks: [web-*]}\n");
        Assert.Equal(0, (await SparsifyAsync("policies", "apply", file)).ExitCode);
        Assert.Equal("yearly", Items(await SparsifyAsync("policies", "list", "--json")).Single().Text("name"));
        var preview = await SparsifyAsync("policies", "preview", "yearly");
        Assert.Contains("web-1.qcow2", preview.StandardOutput, StringComparison.Ordinal);
        Assert.DoesNotContain("db.img", preview.StandardOutput, StringComparison.Ordinal);
        Assert.Empty(Items(await SparsifyAsync("policies", "runs", "yearly", "--json")));
        await File.WriteAllTextAsync(file, "name: yearly\ntrigger: {cron: 0 0 40 1 *}\n");
        var bad = await SparsifyAsync("policies", "apply", file);
        Assert.NotEqual(0, bad.ExitCode);
        Assert.Contains("yearly.yaml:2", bad.StandardError, StringComparison.Ordinal);
        Assert.Equal(0, (await SparsifyAsync("policies", "delete", "yearly")).ExitCode);
        Assert.NotEqual(0, (await SparsifyAsync("policies", "show", "yearly")).ExitCode);

        await File.WriteAllTextAsync(Path.Combine(platform.PolicyFiles, "kept.yaml"), "name: kept\ntrigger: {cron: 0 0 1 1 *}\n");
        await PlatformClient.UntilAsync(
            async () => Items(await SparsifyAsync("policies", "list", "--json")).Any(p => p.Text("name") == "kept") ? true : (bool?)null,
            TimeSpan.FromMinutes(2), () => "the policy of the file is shown");
        // What a file says is changed in the file.
        Assert.NotEqual(0, (await SparsifyAsync("policies", "delete", "kept")).ExitCode);
    }

    [Fact]
    public async Task An_administrator_takes_a_host_out_of_work_and_puts_it_back()
    {
        await using var platform = new EmbeddedPlatform();
        await platform.StartAsync();
        _address = platform.Client.Http.BaseAddress!.ToString();
        await platform.Client.UntilHostIsReadyAsync();
        var host = Items(await SparsifyAsync("hosts", "--json")).Single();
        Assert.False(host.GetProperty("draining").GetBoolean());
        var nobody = await SparsifyAsync("hosts", "drain", "nobody");
        Assert.NotEqual(0, nobody.ExitCode);
        Assert.Contains("HOST_NOT_FOUND", nobody.StandardError, StringComparison.Ordinal);

        var name = host.Text("name")!;
        Assert.True(Items(await SparsifyAsync("hosts", "drain", name, "--json")).Single().GetProperty("draining").GetBoolean());
        await UntilHostsSayAsync(h => h.Contains("It is drained.", StringComparison.Ordinal));
        Assert.True(Items(await SparsifyAsync("hosts", "--json")).Single().GetProperty("draining").GetBoolean());

        Assert.Equal(0, (await SparsifyAsync("hosts", "resume", name)).ExitCode);
        await UntilHostsSayAsync(h => h.Contains(name, StringComparison.Ordinal) && !h.Contains("It is drained.", StringComparison.Ordinal));
        Assert.False(Items(await SparsifyAsync("hosts", "--json")).Single().GetProperty("draining").GetBoolean());
    }

    private Task<bool> UntilHostsSayAsync(Func<string, bool> asWanted)
    {
        var last = "";
        return PlatformClient.UntilAsync(async () => asWanted(last = (await SparsifyAsync("hosts")).StandardOutput) ? true : (bool?)null, TimeSpan.FromMinutes(2), () => $"the hosts were as wanted; last seen: {last}");
    }

    [Fact]
    public async Task The_doctor_ends_with_0_only_when_all_is_usable_and_gives_a_remedy_where_it_is_not()
    {
        using var folder = Testing.Processes.TestFolder.Create("doctor");
        SharedAppliance.Use(folder.File("host"));
        var storage = folder.Folder("storage");
        var healthy = await RunAsync("doctor", "--data", folder.Path, "--domain", $"vms={storage}");
        Assert.True(healthy.ExitCode == 0, healthy.StandardOutput + healthy.StandardError);
        var ill = await RunAsync("doctor", "--data", folder.Path, "--domain", $"vms={storage}-is-not-there");
        Assert.NotEqual(0, ill.ExitCode);
        Assert.Contains("Mount the storage", string.Join(' ', ill.StandardOutput.Split((char[])['\n', ' ', '│'], StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_calls_say_what_is_wrong()
    {
        using var folder = Testing.Processes.TestFolder.Create("calls");
        var noFolder = await RunAsync("serve", "--data", folder.Path, "--domain", "vms", "--urls", "http://127.0.0.1:0");
        Assert.NotEqual(0, noFolder.ExitCode);
        Assert.Contains("vms", noFolder.StandardError + noFolder.StandardOutput, StringComparison.Ordinal);
        var nobody = await RunAsync("disks", "--url", "http://127.0.0.1:9");
        Assert.NotEqual(0, nobody.ExitCode);
        Assert.Contains("http://127.0.0.1:9", nobody.StandardError, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", nobody.StandardError, StringComparison.Ordinal);
    }

    private static List<JsonElement> Items(BufferedCommandResult answer)
    {
        Assert.True(answer.ExitCode == 0, answer.StandardError);
        return [.. JsonSerializer.Deserialize<JsonElement>(answer.StandardOutput).EnumerateArray()];
    }

    private Task<BufferedCommandResult> SparsifyAsync(params string[] arguments) => RunAsync([.. arguments, "--url", _address]);

    private static async Task<BufferedCommandResult> RunAsync(params string[] arguments)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(8));
        return await Cli.Wrap("dotnet").WithArguments([Repository.Assembly("Cli", "sparsify"), .. arguments]).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(limit.Token);
    }
}
