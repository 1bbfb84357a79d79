using System.Globalization;
using Sparsify.Contracts;

namespace Sparsify.Api.ReadModel;

/// <summary>The newest known report of one run of a policy.</summary>
public sealed class PolicyRunRow
{
    public Guid Id { get; init; }

    public Guid PolicyId { get; set; }

    public int Revision { get; set; }

    /// <summary>The order of listings, newest last.</summary>
    public string SortKey { get; set; } = "";

    public DateTimeOffset? EndedAt { get; set; }

    public PolicyRunChanged Snapshot { get; set; } = null!;

    /// <summary>Takes over a newer report.</summary>
    public void Apply(PolicyRunChanged changed)
    {
        PolicyId = changed.PolicyId;
        Revision = changed.Revision;
        SortKey = $"{changed.StartedAt.UtcTicks.ToString("D20", CultureInfo.InvariantCulture)}-{changed.RunId}";
        EndedAt = changed.EndedAt;
        Snapshot = changed;
    }
}
