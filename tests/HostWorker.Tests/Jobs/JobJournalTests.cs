using Sparsify.Contracts;
using Sparsify.HostWorker.Jobs;
using Xunit;

namespace Sparsify.HostWorker.Tests.Jobs;

public sealed class JobJournalTests
{
    [Fact]
    public void An_attempt_is_taken_on_once_and_outlives_the_worker_until_its_end_is_acknowledged()
    {
        using var worker = new Worker();
        var record = new AttemptRecord { Job = Worker.Job(), VolumePath = "/x", SizeBefore = 5, StartedAt = DateTimeOffset.UnixEpoch };
        Assert.True(worker.Journal.TryAdd(record));
        Assert.False(worker.Journal.TryAdd(record));
        Assert.Equal(record, Assert.Single(worker.Journal.Unfinished()));

        var report = record.Failed(new OperationError(FailureKind.Transient, "gone", "tail"), retryable: true, DateTimeOffset.UnixEpoch);
        worker.Journal.End(record, report);
        Assert.Empty(worker.Journal.Unfinished());
        var (kept, message) = Assert.Single(worker.Journal.Unacknowledged());
        Assert.Equal((record, report.Error), (kept, Assert.IsType<VolumeJobFailed>(message).Error));

        worker.Journal.Forget(record.Job.OperationId, record.Job.Attempt);
        Assert.Empty(worker.Journal.Unacknowledged());
    }

    [Fact]
    public void A_file_that_a_crash_left_half_written_hides_no_other_attempt()
    {
        using var worker = new Worker();
        var (broken, sound) = (new AttemptRecord { Job = Worker.Job() }, new AttemptRecord { Job = Worker.Job() });
        worker.Journal.TryAdd(broken);
        worker.Journal.TryAdd(sound);
        File.WriteAllText(Path.Combine(worker.Journal.FolderOf(broken.Job), "attempt.json"), "{\"Job\":");
        Assert.Equal(sound, Assert.Single(worker.Journal.Unfinished()));
        Assert.True(File.Exists(Path.Combine(worker.Journal.FolderOf(broken.Job), "attempt.json")));
    }
}
