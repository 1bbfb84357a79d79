namespace Sparsify.Model.Orchestration;

/// <summary>A clock of two hands: the wall clock may jump, the monotonic one never does.</summary>
internal sealed class Clock : TimeProvider
{
    private static readonly DateTimeOffset Epoch = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Since the sequence began; what hosts and watches count leases by.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>What the wall clock says.</summary>
    public DateTimeOffset Now { get; private set; } = Epoch;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Elapsed.Ticks;

    public override DateTimeOffset GetUtcNow() => Now;

    public void Reset() => Set(TimeSpan.Zero, Epoch);

    /// <summary>Back to where it was.</summary>
    public void Set(TimeSpan elapsed, DateTimeOffset now) => (Elapsed, Now) = (elapsed, now);

    public void Advance(TimeSpan time) => (Elapsed, Now) = (Elapsed + time, Now + time);

    /// <summary>The wall clock alone is set.</summary>
    public void Jump(TimeSpan by) => Now += by;
}
