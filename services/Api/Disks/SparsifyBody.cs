using System.Text.Json.Serialization;
using Sparsify.Contracts;

namespace Sparsify.Api.Disks;

/// <summary>How a disk is to be sparsified; everything is optional.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SparsifyBody
{
    /// <summary>Chosen by the client and becomes the operation's id: the same again gives the same operation.</summary>
    public Guid? RequestId { get; init; }

    /// <summary>Accept a disk with snapshots; only its leaf volume is worked on.</summary>
    public bool AllowSnapshots { get; init; }

    /// <summary>Order among waiting jobs.</summary>
    public OperationPriority Priority { get; init; } = OperationPriority.Normal;

    /// <summary>The least that a run must give back, bytes; with less to gain the operation is skipped.</summary>
    public long MinReclaimable { get; init; } = 1 << 20;

    /// <summary>Run also with less to gain than minReclaimable.</summary>
    public bool Force { get; init; }

    /// <summary>Only measure the disk and say whether it is eligible; nothing is started.</summary>
    public bool DryRun { get; init; }

    /// <summary>Who asks, for the operation's history.</summary>
    public string? RequestedBy { get; init; }
}
