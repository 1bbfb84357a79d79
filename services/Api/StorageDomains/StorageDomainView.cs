using Sparsify.Contracts;

namespace Sparsify.Api.StorageDomains;

/// <summary>One storage domain.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What kind of storage it is.</param>
/// <param name="FileSystem">The file system's name.</param>
/// <param name="NfsVersion">The NFS version in use.</param>
/// <param name="SupportsDiscard">It takes space back; null when not known.</param>
/// <param name="Capacity">Size, bytes.</param>
/// <param name="Available">Free space, bytes.</param>
/// <param name="ActualSize">What its disks take, bytes.</param>
/// <param name="Reclaimable">Bytes that runs on all its measured disks would give back.</param>
/// <param name="HeldBySnapshots">Bytes free in its guests that snapshots hold.</param>
/// <param name="NeedSparsify">How many of its disks need sparsifying.</param>
/// <param name="Hosts">The live hosts that reach it.</param>
/// <param name="ReportedAt">When it was last looked at, UTC.</param>
public sealed record StorageDomainView(
    string Name, StorageKind Kind, string? FileSystem, string? NfsVersion, bool? SupportsDiscard, long? Capacity, long? Available,
    long ActualSize, long Reclaimable, long HeldBySnapshots, int NeedSparsify, IReadOnlyList<string> Hosts, DateTimeOffset ReportedAt);
