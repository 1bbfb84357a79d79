using Sparsify.DiskImages.Files;

namespace Sparsify.HostWorker.Volumes;

/// <summary>A volume as it was found: what its path leads to may be replaced between a look at it and its use.</summary>
/// <param name="Path">Its real path.</param>
/// <param name="Node">What lies there.</param>
internal sealed record VolumePlace(string Path, FileNode Node);
