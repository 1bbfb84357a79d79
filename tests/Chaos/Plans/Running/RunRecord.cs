namespace Sparsify.Chaos.Running;

/// <summary>What a run noted of itself.</summary>
/// <param name="Disk">The image's file name.</param>
/// <param name="Job">The attempt, or «repair».</param>
/// <param name="Kind">run or repair.</param>
/// <param name="What">begin, end, refused (by the image lock) or overlap.</param>
/// <param name="At">Seconds of the machine's monotonic clock.</param>
/// <param name="Process">The process.</param>
public sealed record RunRecord(string Disk, string Job, string Kind, string What, double At, int Process);
