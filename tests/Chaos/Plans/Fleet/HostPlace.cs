namespace Sparsify.Chaos.Fleet;

/// <summary>A host of the fleet and the storage domains that it reaches.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Domains">Names of storage domains.</param>
public sealed record HostPlace(string Name, IReadOnlyList<string> Domains);
