using Sparsify.Chaos.StandIn;

namespace Sparsify.Chaos.Planning;

/// <summary>A disk of a plan.</summary>
/// <param name="Name">Its file name.</param>
/// <param name="Domain">Its storage domain.</param>
/// <param name="Behaviours">What the runs on it do, in turn.</param>
public sealed record DiskPlan(string Name, string Domain, IReadOnlyList<Behaviour> Behaviours);
