namespace Sparsify.HostWorker.Images;

/// <summary>What qemu-img check found.</summary>
/// <param name="Corruptions">Errors in the image's metadata.</param>
/// <param name="Leaks">Clusters that nothing refers to.</param>
/// <param name="Output">The tool's words, when it found something.</param>
internal sealed record ImageCheckResult(long Corruptions, long Leaks, string? Output)
{
    public static readonly ImageCheckResult Sound = new(0, 0, null);

    /// <summary>Why the image could not be checked; null when it was.</summary>
    public string? NotChecked { get; init; }
}
