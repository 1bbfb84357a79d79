using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Sparsify.Contracts;
using Sparsify.Scanner.Fleet;
using Sparsify.Scanner.Measuring;
using Xunit;

namespace Sparsify.Scanner.Tests.Measuring;

/// <summary>When disks are measured.</summary>
public sealed class MeasurePlanTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 28, 12, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider _clock = new(Start);
    private readonly ScannerOptions _options = new();
    private readonly MeasurePlan _plan;

    public MeasurePlanTests() => _plan = new MeasurePlan(Options.Create(_options), _clock);

    [Fact]
    public void A_new_disk_is_measured_at_once_and_then_once_in_each_period()
    {
        var disk = Tell(null, Known());
        Assert.Equal(Start, disk.MeasureDueAt);
        Answer(disk);
        var first = disk.MeasureDueAt!.Value;
        Assert.InRange(first, Start.AddTicks(1), Start + _options.MeasurePeriod);
        foreach (var turn in Enumerable.Range(1, 3))
        {
            _clock.SetUtcNow(disk.MeasureDueAt!.Value);
            Answer(disk);
            Assert.Equal(first + turn * _options.MeasurePeriod, disk.MeasureDueAt);
        }
    }

    [Fact]
    public void A_fleet_is_spread_evenly_over_the_period_whatever_its_ids_are()
    {
        const int Parts = 12, EachPart = 1000;
        var parts = new int[Parts];
        for (var i = 0; i < Parts * EachPart; i++)
        {
            var due = _plan.Next(new Guid(i, 0, 0, new byte[8]), Start);
            parts[(int)((due - Start).Ticks * Parts / (_options.MeasurePeriod.Ticks + 1))]++;
        }

        Assert.All(parts, count => Assert.InRange(count, EachPart * 85 / 100, EachPart * 115 / 100));
    }

    [Fact]
    public void A_locked_disk_is_left_alone_and_measured_when_it_is_free_again()
    {
        var disk = Answer(Tell(null, Known()));
        Tell(disk, Known() with { OperationId = Guid.NewGuid() });
        Assert.Null(disk.MeasureDueAt);
        // A host that was asked before the lock answers now.
        Assert.Null(Answer(disk).MeasureDueAt);
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(_clock.GetUtcNow(), Tell(disk, Known()).MeasureDueAt);
    }

    [Fact]
    public void What_nobody_can_read_is_never_asked_for()
    {
        Assert.Null(Tell(null, Known() with { Format = VolumeFormat.Other }).MeasureDueAt);
        Assert.Null(Tell(Tell(null, Known()), Known() with { Removed = true }).MeasureDueAt);
    }

    [Fact]
    public void A_VM_that_stops_makes_its_disks_due_and_one_that_starts_does_not()
    {
        var disk = Answer(Tell(null, Known()));
        var planned = disk.MeasureDueAt;
        Tell(disk, Known(VmStatus.Up));
        Assert.Equal(planned, disk.MeasureDueAt);
        Tell(disk, Known(VmStatus.Up, VmStatus.Down));
        Assert.Equal(planned, disk.MeasureDueAt);
        Assert.Equal(_clock.GetUtcNow(), Tell(disk, Known(VmStatus.Down, VmStatus.Down)).MeasureDueAt);
    }

    [Fact]
    public void A_snapshot_that_is_merged_makes_its_disk_due()
    {
        var disk = Answer(Tell(null, Known() with { Violations = [new Violation(ViolationCodes.HasSnapshots, "It has a snapshot.", "Merge it.")] }));
        Assert.Equal(_clock.GetUtcNow(), Tell(disk, Known()).MeasureDueAt);
    }

    [Fact]
    public void A_disk_that_grows_and_grows_rests_between()
    {
        var disk = Answer(Tell(null, Known()));
        Tell(disk, Known() with { ActualSize = 2000 });
        Assert.Equal(Start + _options.MeasureRest, disk.MeasureDueAt);
        _clock.Advance(_options.MeasureRest * 3);
        Assert.Equal(Start + _options.MeasureRest, Tell(disk, Known() with { ActualSize = 3000 }).MeasureDueAt);
        Answer(disk);
        Assert.Equal(_clock.GetUtcNow() + _options.MeasureRest, Tell(disk, Known() with { ActualSize = 4000 }).MeasureDueAt);
    }

    [Fact]
    public void A_disk_that_nobody_answers_for_is_asked_for_again()
    {
        var disk = Tell(null, Known());
        (disk.AskedAt, disk.MeasureDueAt) = (_clock.GetUtcNow(), _plan.Unanswered(_clock.GetUtcNow()));
        Assert.Equal(Start + _options.MeasureAnswerLimit, disk.MeasureDueAt);
    }

    [Fact]
    public void What_happens_between_question_and_answer_is_asked_for_too()
    {
        var disk = Tell(null, Known(VmStatus.Up));
        (disk.AskedAt, disk.MeasureDueAt) = (Start, _plan.Unanswered(Start));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Tell(disk, Known(VmStatus.Down));
        var stopped = _clock.GetUtcNow();
        _clock.Advance(TimeSpan.FromSeconds(1));
        _plan.Answered(disk);
        Assert.Equal((stopped, null), (disk.MeasureDueAt, disk.AskedAt));
    }

    [Fact]
    public void A_disk_that_was_moved_or_sparsified_is_measured_whatever_its_files_say()
    {
        var disk = Answer(Tell(null, Known()));
        disk.Stamp = "s";
        Tell(disk, Known() with { Path = "moved.img" });
        Assert.Equal((Start, null), (disk.MeasureDueAt, disk.Stamp));
        Answer(disk).Stamp = "s";
        _plan.Renew(disk);
        Assert.Equal((Start, null), (disk.MeasureDueAt, disk.Stamp));
    }

    [Fact]
    public void A_stamp_holds_for_the_figures_that_are_known_and_for_no_others()
    {
        var disk = Tell(null, Known());
        (disk.Stamp, disk.StampedAt) = ("s", Start);
        Assert.Null(disk.KnownStamp);
        Tell(disk, Known() with { Measurement = Figures(Start) });
        Assert.Equal("s", disk.KnownStamp);
        // Another host, whose clock is ahead, has measured before.
        Tell(disk, Known() with { Measurement = Figures(Start.AddSeconds(30)) });
        Assert.Null(disk.KnownStamp);

        static VolumeMeasurement Figures(DateTimeOffset at) => new() { Reclaimable = 1, HeldBySnapshots = 0, Exact = true, MeasuredAt = at };
    }

    [Fact]
    public void A_disk_that_its_host_measured_at_the_end_of_its_operation_waits_for_its_regular_moment()
    {
        var (operation, other) = (Guid.NewGuid(), Guid.NewGuid());
        Assert.Equal(_plan.Next(Known().DiskId, Start), Unlock(operation, Start, known: Start).MeasureDueAt);
        // Not of this operation; not the figures that are known, older or newer.
        Assert.Equal(Start, Unlock(other, Start, known: Start).MeasureDueAt);
        Assert.Equal(Start, Unlock(operation, Start, known: Start.AddMinutes(-1)).MeasureDueAt);
        Assert.Equal(Start, Unlock(operation, Start, known: Start.AddMinutes(1)).MeasureDueAt);

        ScannedDisk Unlock(Guid stampedBy, DateTimeOffset stampedAt, DateTimeOffset known)
        {
            var disk = Tell(Answer(Tell(null, Known())), Known() with { OperationId = operation });
            (disk.Stamp, disk.StampedAt, disk.StampedBy) = ("s", stampedAt, stampedBy);
            return Tell(disk, Known() with { Measurement = new() { Reclaimable = 1, HeldBySnapshots = 0, Exact = true, MeasuredAt = known } });
        }
    }

    private ScannedDisk Tell(ScannedDisk? disk, DiskChanged known)
    {
        var before = disk?.Snapshot;
        disk ??= new ScannedDisk { Id = known.DiskId };
        disk.Snapshot = known;
        _plan.Heed(disk, before);
        return disk;
    }

    private ScannedDisk Answer(ScannedDisk disk)
    {
        if (disk.MeasureDueAt is not null)
            (disk.AskedAt, disk.MeasureDueAt) = (_clock.GetUtcNow(), _plan.Unanswered(_clock.GetUtcNow()));
        _plan.Answered(disk);
        return disk;
    }

    private static DiskChanged Known(params VmStatus[] vms) => new()
    {
        DiskId = new Guid("0195e2a0-1111-7000-8000-000000000001"),
        Revision = 1,
        Removed = false,
        Name = "web-1",
        StorageDomain = "vms",
        Path = "web-1.img",
        Format = VolumeFormat.Raw,
        Allocation = VolumeAllocation.Sparse,
        VirtualSize = 10_000,
        ActualSize = 1000,
        Vms = [.. vms.Select((status, i) => new DiskVm(new Guid(i, 0, 0, new byte[8]), $"vm-{i}", status))],
        Violations = [],
    };
}
