using System.Collections.Concurrent;
using Sparsify.Contracts;
using Sparsify.HostWorker.Runs;
using Sparsify.HostWorker.Volumes;

namespace Sparsify.HostWorker.Jobs;

/// <summary>Attempts that the worker's former self left unfinished: once their processes are gone, it says what is known of them.</summary>
internal sealed class FormerAttempts(JobJournal journal, EndReports ends, FormerProcesses processes, VolumeRelease release, TimeProvider time, ILogger<FormerAttempts> logger)
{
    private readonly ConcurrentDictionary<(Guid OperationId, int Attempt), bool> _waitedFor = new();

    /// <summary>The processes of an attempt are still waited for.</summary>
    public bool WaitsFor(Guid operationId, int attempt) => _waitedFor.ContainsKey((operationId, attempt));

    /// <summary>Ends all attempts that the journal holds without an end.</summary>
    public Task ReportAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(journal.Unfinished().Select(record => EndAsync(record, cancellationToken)));

    /// <summary>Ends one such attempt.</summary>
    public async Task EndAsync(AttemptRecord record, CancellationToken cancellationToken)
    {
        _waitedFor[(record.Job.OperationId, record.Job.Attempt)] = true;
        try
        {
            await processes.GoneAsync(record, cancellationToken);
            if (record.StartedAt is null)
            {
                await ends.EndAsync(record, record.NotStarted("The worker ended before virt-sparsify was started.", time.GetUtcNow()), cancellationToken);
                return;
            }

            if (record.VolumePath is { } path)
                await release.AfterRunAsync(path, RunMark.Of(journal.FolderOf(record.Job)), cancellationToken);
            var report = record.Failed(
                new OperationError(FailureKind.HostLost, $"The worker on host '{record.Job.Host}' ended while virt-sparsify worked on the disk; its processes are gone now."),
                retryable: false, time.GetUtcNow(), endedByItself: false, SizeNow(record));
            logger.LogWarning("Attempt {Attempt} of operation {OperationId} was cut off when the worker ended.", record.Job.Attempt, record.Job.OperationId);
            await ends.EndAsync(record, report, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The next start goes on with it.
        }
        finally
        {
            _waitedFor.TryRemove((record.Job.OperationId, record.Job.Attempt), out _);
        }
    }

    private static long? SizeNow(AttemptRecord record) => record.VolumePath is { } path && File.Exists(path) ? Allocation.Bytes(path) : null;
}
