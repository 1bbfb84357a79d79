using System.Collections.Concurrent;
using MassTransit;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.HostWorker.Presence;
using Sparsify.HostWorker.Repairs;
using Sparsify.HostWorker.Runs;

namespace Sparsify.HostWorker.Jobs;

/// <summary>Runs the attempts of this host, outside any message delivery: a disk may take hours.</summary>
internal sealed class JobRunner(
    JobJournal journal, VolumeAttempt attempt, VolumeRepair repair, FormerAttempts former, FormerProcesses processes, EndReports ends, ClaimSignal claims, IOptions<HostWorkerOptions> options, TimeProvider time, ILogger<JobRunner> logger)
    : IHostedLifecycleService, IDisposable
{
    private readonly ConcurrentDictionary<(Guid OperationId, int Attempt), (AttemptControl Control, Task Task)> _running = new();
    private readonly SemaphoreSlim _slots = new(options.Value.Slots);
    private readonly CancellationTokenSource _stopping = new();
    private Task _former = Task.CompletedTask;

    /// <summary>Attempts that are held now.</summary>
    public int Running => _running.Count;

    /// <summary>A run that this worker's former self left behind is still there.</summary>
    public bool HasFormerRuns => processes.Any;

    /// <summary>Takes nothing more on.</summary>
    public bool IsStopping => _stopping.IsCancellationRequested;

    /// <summary>An attempt runs, or is waited for, and has not ended.</summary>
    public bool Holds(Guid operationId, int attemptNumber) =>
        (_running.ContainsKey((operationId, attemptNumber)) || former.WaitsFor(operationId, attemptNumber)) && !journal.HasEnd(operationId, attemptNumber);

    /// <summary>Takes a job on; a repetition of its message changes nothing.</summary>
    public void Accept(AttemptRecord record)
    {
        try
        {
            if (!journal.TryAdd(record))
                return;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not begun without a note of it. Said once: when that is lost, the lease ends.
            logger.LogError("Attempt {Attempt} of operation {OperationId} cannot be noted and is given back: {Reason}", record.Job.Attempt, record.Job.OperationId, e.Message);
            _ = ends.SendAsync(record, record.NotStarted($"It cannot note the attempt: {e.Message}", time.GetUtcNow()), _stopping.Token);
            return;
        }

        var control = new AttemptControl(new LifelinePipe(LeaseKeeper.Grace(record.Job.LeaseDuration, options.Value), time));
        var key = (record.Job.OperationId, record.Job.Attempt);
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _running[key] = (control, RunAsync(begin.Task, key, record, control));
        begin.SetResult();
    }

    public void Cancel(Guid operationId, int attemptNumber)
    {
        if (_running.TryGetValue((operationId, attemptNumber), out var running))
            running.Control.RequestStop(StopReason.Canceled);
    }

    /// <summary>Before the bus starts.</summary>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        // Read before the bus starts: what is accepted from now on is not of a former worker.
        _former = former.ReportAsync(_stopping.Token);
        return Task.CompletedTask;
    }

    /// <summary>Lets runs end by themselves for a while, then interrupts them in order, and waits however long their step takes; the bus still runs, for leases and reports.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        var all = Task.WhenAll(_running.Values.Select(r => r.Task));
        await Task.WhenAny(all, Task.Delay(options.Value.StopGrace, time, CancellationToken.None));
        foreach (var (control, _) in _running.Values)
            control.RequestStop(StopReason.Shutdown);
        await all;
        await _former;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _slots.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync(Task begin, (Guid OperationId, int Attempt) key, AttemptRecord record, AttemptControl control)
    {
        await begin;
        await _slots.WaitAsync(CancellationToken.None);
        try
        {
            await EndAsync(record, IsStopping ? record.HandedBack("the attempt was not begun.", time.GetUtcNow())
                : record.IsRepair ? await repair.RunAsync(record, control)
                : await attempt.RunAsync(record, control));
        }
        catch (LeaseLostException e)
        {
            // The Orchestrator has decided already, so there is nothing to report.
            logger.LogWarning("Attempt {Attempt} of operation {OperationId} was not started: {Reason}", key.Attempt, key.OperationId, e.Message);
            journal.Forget(key.OperationId, key.Attempt);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException && journal.Find(key.OperationId, key.Attempt) is { StartedAt: null })
        {
            // Leave may have been given in an answer that never came: without a word the disk would wait for a person.
            await EndAsync(record, control.Reason == StopReason.Shutdown
                ? record.HandedBack("the attempt was not begun.", time.GetUtcNow())
                : record.NotStarted(e is TimeoutException ? e.Message : "It was told to give it up.", time.GetUtcNow()));
        }
        catch (Exception e)
        {
            // As after a crash: what it left is not known. Where the journal cannot be read, a run may have been started.
            logger.LogCritical(e, "Attempt {Attempt} of operation {OperationId} ended in a fault of this worker.", key.Attempt, key.OperationId);
            await former.EndAsync(journal.Find(key.OperationId, key.Attempt) ?? record with { StartedAt = time.GetUtcNow() }, _stopping.Token);
        }
        finally
        {
            _slots.Release();
            _running.TryRemove(key, out _);
            control.Dispose();
            claims.Raise();
        }
    }

    private async Task EndAsync(AttemptRecord record, object report)
    {
        if (report is VolumeJobFailed failed)
            logger.LogWarning("Attempt {Attempt} of operation {OperationId} failed ({Kind}): {Message}", record.Job.Attempt, record.Job.OperationId, failed.Error.Kind, failed.Error.Message);
        else if (report is VolumeJobSucceeded succeeded)
            logger.LogInformation("Attempt {Attempt} of operation {OperationId} ended: {Outcome}, {Before} to {After} bytes.", record.Job.Attempt, record.Job.OperationId, succeeded.Outcome, succeeded.SizeBefore, succeeded.SizeAfter);
        else if (report is VolumeJobSkipped skipped)
            logger.LogInformation("Attempt {Attempt} of operation {OperationId} was skipped: {Reclaimable} bytes would come back.", record.Job.Attempt, record.Job.OperationId, skipped.Reclaimable);
        else if (report is VolumeRepaired repaired)
            logger.LogInformation("The look at the disk of operation {OperationId}, attempt {Attempt}, ended: {Outcome}.", record.Job.OperationId, record.Job.Attempt, repaired.Outcome);
        await ends.EndAsync(record, report, CancellationToken.None);
    }
}
