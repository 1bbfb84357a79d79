using Sparsify.Chaos.Fleet;

namespace Sparsify.Chaos.Faults;

/// <summary>The way of one service to broker or database is cut, slow, or passes nothing in one direction.</summary>
public sealed record LinkBroken(TimeSpan At, TimeSpan Lasting, string Name, bool ToBroker, LinkMode Mode, TimeSpan Delay) : Fault(At, Lasting)
{
    /// <inheritdoc />
    public override async Task HappenAsync(ChaosFleet fleet)
    {
        var member = fleet.Member(Name);
        var link = ToBroker ? member.Broker : member.Database ?? member.Broker;
        (link.Delay, link.Mode) = (Delay, Mode);
        await Task.Delay(Lasting);
        link.Mode = LinkMode.Open;
    }

    /// <inheritdoc />
    public override string ToString() => $"{Name} to {(ToBroker ? "broker" : "database")}: {Mode}{(Mode == LinkMode.Slow ? $" by {Delay.TotalMilliseconds:F0} ms" : "")}";
}
