using System.Collections.Concurrent;
using System.Diagnostics;
using Sparsify.Chaos.Kills.Cases;
using Sparsify.Chaos.Kills.Disks;
using Sparsify.Chaos.Kills.Plans;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Processes;

namespace Sparsify.Chaos.Kills;

/// <summary>Many kills, on one platform or on two beside each other.</summary>
internal sealed class Campaign(Report report)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    /// <summary>Tries all of them.</summary>
    /// <returns>How many had a fault.</returns>
    public async Task<int> RunAsync(IReadOnlyList<KillPlan> plans, int parallel)
    {
        using var masters = await Masters.MakeAsync();
        var first = new Lane();
        var courses = new Dictionary<string, Course>();
        foreach (var format in plans.Select(p => p.Format).Distinct().Order())
        {
            courses[format] = await MeasureAsync(first, masters, format);
            Report.Show(format, courses[format]);
        }

        // The kinds of platform one after the other: each change of it costs a start.
        var waiting = new ConcurrentQueue<KillPlan>(plans.OrderBy(p => p.Distributed));
        var faults = await Task.WhenAll(Enumerable.Range(0, parallel).Select(async i =>
        {
            await using var lane = i == 0 ? first : new Lane();
            var faults = 0;
            while (waiting.TryDequeue(out var plan))
            {
                var one = new KillCase(plan, masters, courses[plan.Format], lane);
                var result = await one.RunAsync();
                report.Add(result, one.Kept);
                faults += result.Faults.Count > 0 ? 1 : 0;
            }

            return faults;
        }));
        return faults.Sum();
    }

    /// <summary>An undisturbed run, which must leave the disk sound too.</summary>
    private static async Task<Course> MeasureAsync(Lane lane, Masters masters, string format)
    {
        var platform = await lane.PlatformAsync(distributed: false);
        var image = await masters.CopyAsync(format, platform.Storage, "undisturbed");
        var (operation, _, run) = await Lane.StartAsync(platform, image);
        var watch = Stopwatch.StartNew();
        // The run's folder goes away with its end.
        using var folder = TestFolder.Create("course");
        await Tools.RunAsync("ln", Path.Combine(run.Folder, "messages"), folder.File("messages"));
        await ProcessTable.GoneAsync([run.VirtSparsify]);
        var length = watch.Elapsed;
        var end = await Lane.EndAsync(platform, operation, Limit);
        var damages = (await Judge.ExamineAsync(masters.Content, new DiskImage(image, format, CutOff: false)))[0];
        if (end.GetProperty("state").GetString() != "Completed" || damages.Count > 0)
            throw new InvalidOperationException($"An undisturbed run on {format} ended so: {string.Join("; ", damages)} {end}");
        var course = new Course(length, Course.PartsOf(await File.ReadAllTextAsync(folder.File("messages"))), await Lane.AllocatedAsync(image));
        File.Delete(image);
        return course;
    }
}
