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
/// <param name="Hosts">The live hosts that reach it.</param>
/// <param name="ReportedAt">When it was last looked at, UTC.</param>
public sealed record StorageDomainView(
    string Name, StorageKind Kind, string? FileSystem, string? NfsVersion, bool? SupportsDiscard, long? Capacity, long? Available, IReadOnlyList<string> Hosts, DateTimeOffset ReportedAt);
