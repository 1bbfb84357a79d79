using Microsoft.Extensions.Options;
using Sparsify.HostWorker.Runs;

namespace Sparsify.HostWorker.Jobs;

/// <summary>The run of an attempt: how far it is gets told, and it is ended when it takes longer than any run may.</summary>
internal sealed class AttemptRun(JobJournal journal, VirtSparsify tool, RunReports reports, IOptions<HostWorkerOptions> options, TimeProvider time, ILogger<AttemptRun> logger)
{
    /// <summary>Runs to the end, whatever comes.</summary>
    /// <param name="record">The attempt, with its start noted.</param>
    /// <param name="plan">What the run will work on.</param>
    /// <param name="control">How it is asked to stop.</param>
    public async Task<RunResult> RunAsync(AttemptRecord record, RunPlan plan, AttemptControl control)
    {
        using var activity = HostWorkerTelemetry.Source.StartActivity("virt-sparsify");
        using var ended = new CancellationTokenSource();
        var (progress, told) = reports.Start(record, ended.Token);
        var begun = time.GetTimestamp();
        var limited = LimitAsync(record, control, ended.Token);
        try
        {
            var run = await tool.RunAsync(
                record.VolumePath!,
                record.Job.Format,
                plan,
                journal.FolderOf(record.Job),
                process => activity?.SetTag("process.pid", process),
                seen => progress.TryWrite(seen),
                control.Lifeline,
                control.Stop,
                control.Fence);
            activity?.SetTag("process.exit.code", run.ExitCode);
            return run;
        }
        finally
        {
            HostWorkerTelemetry.RunDuration.Record(time.GetElapsedTime(begun).TotalSeconds);
            await ended.CancelAsync();
            await told;
            await limited;
        }
    }

    private async Task LimitAsync(AttemptRecord record, AttemptControl control, CancellationToken ended)
    {
        try
        {
            await Task.Delay(options.Value.RunLimit, time, ended);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        logger.LogError("The run of operation {OperationId}, attempt {Attempt}, takes longer than {Limit}: ending it.", record.Job.OperationId, record.Job.Attempt, options.Value.RunLimit);
        await control.EndAsync(StopReason.TooLong, options.Value.FencingGrace, time, ended);
    }
}
