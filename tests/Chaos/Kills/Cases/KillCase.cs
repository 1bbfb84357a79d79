using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Sparsify.Chaos.Kills.Disks;
using Sparsify.Chaos.Kills.Plans;
using Sparsify.Testing.Platforms;
using Sparsify.Testing.Processes;

namespace Sparsify.Chaos.Kills.Cases;

/// <summary>One kill, from a fresh disk to the verdict on it.</summary>
internal sealed class KillCase(KillPlan plan, Masters masters, Course course, Lane lane)
{
    private const long AllocatedMore = 8 << 20;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    /// <summary>Where the disks and logs of a kill with a fault are kept; null without one.</summary>
    public string? Kept { get; private set; }

    /// <summary>Does it.</summary>
    public async Task<KillResult> RunAsync()
    {
        var platform = await lane.PlatformAsync(plan.Distributed);
        using var folder = TestFolder.Create("kill");
        var image = await masters.CopyAsync(plan.Format, platform.Storage, string.Create(CultureInfo.InvariantCulture, $"disk-{plan.Number}"));
        var copy = folder.File("bare");
        KillResult result;
        try
        {
            result = await KillAsync(platform, image, copy);
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException or HttpRequestException or IOException)
        {
            result = new KillResult { Plan = plan, Strike = new Strike("?", TimeSpan.Zero, true), Faults = [e.Message], Took = _watch.Elapsed };
        }

        if (result.Faults.Count > 0)
            await KeepAsync(platform, image, copy, result);
        else
            File.Delete(image);
        return result;
    }

    private async Task<KillResult> KillAsync(TestPlatform platform, string image, string copy)
    {
        var (operation, host, run) = await Lane.StartAsync(platform, image);
        var worker = platform.Worker(host);
        var strike = await Strike.OnAsync(plan, run, worker.Id, course);
        var killed = _watch.Elapsed;
        var workerDies = !strike.Missed && plan.Victims is Victims.Worker or Victims.WorkerAndLifeline or Victims.All;
        // Only the worker's next self ends a run that has no lifeline, so it must come back before the copy can be taken.
        var back = Task.CompletedTask;
        if (workerDies)
        {
            await worker.GoneAsync();
            if (!plan.Distributed && plan.Victims == Victims.WorkerAndLifeline)
                back = worker.RestartAsync();
        }

        var copied = !strike.Missed && await BareCopy.TakeAsync(run, image, copy, () => [.. platform.Scratches.Keys.Select(h => platform.Worker(h).Id).Where(ProcessTable.IsAlive)]);
        await back;
        if (workerDies && !plan.Distributed && plan.Victims != Victims.WorkerAndLifeline)
            await worker.RestartAsync();
        var end = await Lane.EndAsync(platform, operation, Limit);
        var recovery = _watch.Elapsed - killed;
        if (workerDies && plan.Distributed)
            await worker.RestartAsync();

        var faults = await FaultsAsync(platform, operation, image, end);
        var left = new DiskImage(image, plan.Format, CutOff: false);
        var damages = copied ? await Judge.ExamineAsync(masters.Content, left, new DiskImage(copy, plan.Format, CutOff: true)) : await Judge.ExamineAsync(masters.Content, left);
        var attempts = end.GetProperty("attempts").EnumerateArray().ToList();
        return new KillResult
        {
            Plan = plan,
            Strike = strike,
            Bare = copied ? damages[1] : null,
            Attempts = [.. attempts.Select(a => a.GetProperty("outcome").GetString() ?? "?")],
            Repairs = [.. attempts.SelectMany(a => a.GetProperty("repairs").EnumerateArray()).Select(r => r.GetString()!)],
            Faults = [.. faults, .. damages[0].Select(d => $"DAMAGED: {d}")],
            Took = _watch.Elapsed,
            Recovery = recovery,
        };
    }

    private async Task<IReadOnlyList<string>> FaultsAsync(TestPlatform platform, Guid operation, string image, JsonElement end)
    {
        var faults = new List<string>();
        if (end.GetProperty("state").GetString() != "Completed")
            faults.Add($"the operation ended as {end}");
        if (await Lane.LeftoverAsync(platform, operation, image) is { } left)
            faults.Add($"left behind: {left}");
        if (await Lane.AllocatedAsync(image) is var allocated && allocated > course.AllocatedAfter + AllocatedMore)
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"{allocated:N0} bytes are allocated, and {course.AllocatedAfter:N0} are after an undisturbed run"));
        return faults;
    }

    private async Task KeepAsync(TestPlatform platform, string image, string copy, KillResult result)
    {
        Kept = Directory.CreateTempSubdirectory($"sparsify-kill-{plan.Number}-").FullName;
        await Masters.CopyAsync(image, Path.Combine(Kept, Path.GetFileName(image)));
        if (File.Exists(copy))
            File.Move(copy, Path.Combine(Kept, "bare"));
        await File.WriteAllTextAsync(Path.Combine(Kept, "logs"), platform.Logs);
        await File.WriteAllTextAsync(Path.Combine(Kept, "result"), $"{plan}\n{result}\n{string.Join('\n', result.Faults)}\n");
        // What this one left must not spoil the next.
        await lane.DisposeAsync();
    }
}
