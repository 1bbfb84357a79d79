using Sparsify.Chaos.Kills.Disks;
using Sparsify.Chaos.Kills.Plans;

namespace Sparsify.Chaos.Kills.Cases;

/// <summary>What came of one kill.</summary>
internal sealed record KillResult
{
    public required KillPlan Plan { get; init; }

    public required Strike Strike { get; init; }

    /// <summary>What was wrong with the disk when everything that was killed had gone and nothing had been mended; null when that could not be seen.</summary>
    public IReadOnlyList<Damage>? Bare { get; init; }

    /// <summary>What the attempts came to, in order.</summary>
    public IReadOnlyList<string> Attempts { get; init; } = [];

    /// <summary>What was put back.</summary>
    public IReadOnlyList<string> Repairs { get; init; } = [];

    /// <summary>What is not as it has to be in the end; empty when all is.</summary>
    public required IReadOnlyList<string> Faults { get; init; }

    public required TimeSpan Took { get; init; }

    /// <summary>From the kill to the operation's end.</summary>
    public TimeSpan Recovery { get; init; }

    /// <summary>Damage that a guest would notice; clusters that nothing refers to are none.</summary>
    public bool BareIsDamaged => Bare?.Any(d => d.Kind != DamageKind.Leaks) == true;
}
