using Sparsify.Contracts;

namespace Sparsify.Scanner.Policies.Runs;

/// <summary>What a run does next.</summary>
/// <param name="Start">The disks whose turn has come.</param>
/// <param name="Stop">Why nothing may start any more; null while something may.</param>
internal sealed record RunStep(IReadOnlyList<RunDisk> Start, PolicyVerdict? Stop);
