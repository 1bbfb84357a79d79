namespace Sparsify.Orchestrator.Ingress;

/// <summary>A public input says something that cannot be; it goes to the dead-letter queue with this reason.</summary>
public sealed class InvalidInputException(string field, string reason) : Exception($"{field}: {reason}");
