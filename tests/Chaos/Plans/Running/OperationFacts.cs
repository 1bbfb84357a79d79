namespace Sparsify.Chaos.Running;

/// <summary>What both sides keep of an operation.</summary>
/// <param name="Disk">The disk's file name.</param>
/// <param name="State">The Orchestrators' state.</param>
/// <param name="Revision">How many changes they published.</param>
/// <param name="Outcome">What came of a completed run.</param>
/// <param name="ReadState">The state in the API's read model; null when it has none.</param>
/// <param name="ReadRevision">The revision in the API's read model.</param>
public sealed record OperationFacts(string Disk, string State, int Revision, string? Outcome, string? ReadState, long? ReadRevision);
