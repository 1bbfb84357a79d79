using Microsoft.Extensions.Options;
using Sparsify.HostWorker.Processes;
using Sparsify.HostWorker.Runs;

namespace Sparsify.HostWorker.Jobs;

/// <summary>Programs that the worker's former self left working on disks: those that still have a lifeline end by it, the others are ended here.</summary>
internal sealed class FormerProcesses(JobJournal journal, IOptions<HostWorkerOptions> options, TimeProvider time, ILogger<FormerProcesses> logger)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);
    private int _waiting;

    /// <summary>Some are still there.</summary>
    public bool Any => Volatile.Read(ref _waiting) > 0;

    /// <summary>Waits until none of an attempt is left.</summary>
    public async Task GoneAsync(AttemptRecord record, CancellationToken cancellationToken)
    {
        var folder = journal.FolderOf(record.Job);
        var mark = RunMark.Of(folder);
        var begun = time.GetTimestamp();
        // A lifeline lets the lease run out and then waits for its grace; one that does not end its program by then never will.
        var patience = record.Job.LeaseDuration + (2 * options.Value.FencingGrace);
        Interlocked.Increment(ref _waiting);
        try
        {
            long? interrupted = null;
            while (RunMark.ProcessesOf(mark) is { Count: > 0 } left)
            {
                if (left.Any(Lifeline.Is) && time.GetElapsedTime(begun) < patience)
                    interrupted = null;
                else if (interrupted is null)
                    interrupted = Interrupt(record, folder);
                else if (time.GetElapsedTime(interrupted.Value) > options.Value.FencingGrace)
                    Kill(record, left);
                await Task.Delay(Poll, time, cancellationToken);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private long Interrupt(AttemptRecord record, string folder)
    {
        foreach (var process in RunProcess.In(folder).Where(p => p.IsAlive))
        {
            logger.LogWarning("Process {Process} works for attempt {Attempt} of operation {OperationId}, and nothing would end it: it gets SIGINT.", process.Id, record.Job.Attempt, record.Job.OperationId);
            Signals.Interrupt(process.Id);
        }

        return time.GetTimestamp();
    }

    private void Kill(AttemptRecord record, IReadOnlyList<int> left)
    {
        logger.LogError("Processes {Processes} of operation {OperationId} did not end within {Grace} of a SIGINT: they are killed.", string.Join(", ", left), record.Job.OperationId, options.Value.FencingGrace);
        // Lifelines last: one that wakes up meanwhile would interrupt its program again.
        foreach (var process in left.OrderBy(Lifeline.Is))
            Signals.KillNow(process);
    }
}
