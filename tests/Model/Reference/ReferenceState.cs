using Sparsify.Model.Orchestration;
using Sparsify.Orchestrator;

namespace Sparsify.Model.Reference;

/// <summary>What the Orchestrator must know.</summary>
internal sealed class ReferenceState(Clock clock, OrchestratorOptions options)
{
    private readonly List<string> _expected = [];

    public Clock Clock => clock;

    public OrchestratorOptions Options => options;

    public Dictionary<Guid, ReferenceOperation> Operations { get; private init; } = [];

    /// <summary>Operations that were called off before they were asked for.</summary>
    public HashSet<Guid> EarlyCancels { get; private init; } = [];

    public Dictionary<string, ReferenceHost> Hosts { get; private init; } = [];

    /// <summary>What the last message must have had sent, in any order.</summary>
    public List<string> Expected => _expected;

    public void Expect(string words, string? to = null) => _expected.Add(to is null ? words : $"{words} > {to}");

    /// <summary>A job that waits past this was given its time by a clock that has been put back since.</summary>
    public DateTimeOffset LatestRetry => clock.Now + (options.LongestRetryDelay * 1.5);

    public ReferenceState Copy() => new(clock, options)
    {
        Operations = Operations.ToDictionary(o => o.Key, o => o.Value.Copy()),
        EarlyCancels = [.. EarlyCancels],
        Hosts = Hosts.ToDictionary(h => h.Key, h => h.Value.Copy()),
    };
}
