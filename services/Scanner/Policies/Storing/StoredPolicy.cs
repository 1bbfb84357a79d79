using System.Text.Json;
using Sparsify.Contracts;

namespace Sparsify.Scanner.Policies.Storing;

/// <summary>A policy that is kept.</summary>
public sealed class StoredPolicy
{
    public Guid Id { get; init; }

    public string Name { get; set; } = "";

    public int Revision { get; set; }

    public bool Enabled { get; set; }

    public Policy Rule { get; set; } = null!;

    /// <summary>The name of the file that gives it.</summary>
    public string? File { get; init; }

    /// <summary>Why what the file says by now is refused.</summary>
    public string? FileProblem { get; set; }

    public DateTimeOffset ChangedAt { get; set; }

    /// <summary>When it is due by the clock; null when it never is.</summary>
    public DateTimeOffset? NextRunAt { get; set; }

    /// <summary>Whether it says just that.</summary>
    public bool Says(Policy rule) => JsonSerializer.Serialize(rule) == JsonSerializer.Serialize(Rule);

    /// <summary>As it is told to others.</summary>
    public PolicyChanged Describe(bool removed = false) => new()
    {
        PolicyId = Id,
        Revision = Revision,
        Removed = removed,
        Policy = Rule,
        File = File,
        FileProblem = FileProblem,
        ChangedAt = ChangedAt,
    };
}
