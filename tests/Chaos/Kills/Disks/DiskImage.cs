namespace Sparsify.Chaos.Kills.Disks;

/// <summary>A disk to look at.</summary>
/// <param name="Path">The image; it is not changed.</param>
/// <param name="Format">Its format.</param>
/// <param name="CutOff">Its file systems may be cut off: their journals are replayed before they are checked, as a guest's next start does.</param>
internal sealed record DiskImage(string Path, string Format, bool CutOff);
