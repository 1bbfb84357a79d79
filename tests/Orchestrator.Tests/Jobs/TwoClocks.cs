namespace Sparsify.Orchestrator.Tests.Jobs;

/// <summary>A wall clock that can be set, beside a monotonic one that cannot: FakeTimeProvider has one for both.</summary>
internal sealed class TwoClocks(DateTimeOffset start) : TimeProvider
{
    private long _ticks;
    private DateTimeOffset _wall = start;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _wall;

    public override long GetTimestamp() => _ticks;

    public void Advance(TimeSpan time) => (_ticks, _wall) = (_ticks + time.Ticks, _wall + time);

    public void SetWallClock(DateTimeOffset time) => _wall = time;
}
