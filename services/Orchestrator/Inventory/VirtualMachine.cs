using Sparsify.Contracts;

namespace Sparsify.Orchestrator.Inventory;

/// <summary>What is known of one VM.</summary>
public sealed class VirtualMachine
{
    public Guid Id { get; init; }

    public string Name { get; set; } = "";

    public VmStatus Status { get; set; }

    /// <summary>In the order of the alphabet, each once.</summary>
    public List<string> Tags { get; set; } = [];

    public DateTimeOffset ReportedAt { get; set; }
}
