namespace Sparsify.HostWorker.Runs;

/// <summary>How virt-sparsify ended.</summary>
/// <param name="ExitCode">0 done, 3 discard not supported in the appliance, 1 anything else and also a run ended by SIGINT.</param>
/// <param name="Progress">What it said.</param>
/// <param name="ErrorTail">The end of its error output: only there does a launch failure say its cause.</param>
/// <param name="Killed">It was killed: what it left on the disk is not known.</param>
internal sealed record RunResult(int ExitCode, RunProgress Progress, string ErrorTail, bool Killed);
