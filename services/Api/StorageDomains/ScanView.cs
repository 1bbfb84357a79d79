namespace Sparsify.Api.StorageDomains;

/// <summary>How far the look at the disks of a storage domain is.</summary>
/// <param name="StorageDomain">The storage domain's name.</param>
/// <param name="Since">When it was asked for, UTC.</param>
/// <param name="Disks">Those that can be measured now: locked ones and ones of other formats are not counted.</param>
/// <param name="LookedAt">Those of them that a host has looked at since then.</param>
public sealed record ScanView(string StorageDomain, DateTimeOffset Since, int Disks, int LookedAt);
