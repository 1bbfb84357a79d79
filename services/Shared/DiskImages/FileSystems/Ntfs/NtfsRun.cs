namespace Sparsify.DiskImages.FileSystems.Ntfs;

/// <summary>Clusters of a file that lie side by side.</summary>
/// <param name="Vcn">The first cluster's number in the file.</param>
/// <param name="Lcn">Its number on the volume; negative for a hole.</param>
/// <param name="Count">Clusters.</param>
internal readonly record struct NtfsRun(long Vcn, long Lcn, long Count);
