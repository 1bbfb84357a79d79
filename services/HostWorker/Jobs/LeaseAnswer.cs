namespace Sparsify.HostWorker.Jobs;

/// <summary>A lease that holds.</summary>
/// <param name="AskedAt">When the renewal was sent, by the monotonic clock: the lease is counted from here, and so never too long.</param>
/// <param name="Duration">How long it holds.</param>
/// <param name="CancelRequested">The operation is to be canceled.</param>
internal sealed record LeaseAnswer(long AskedAt, TimeSpan Duration, bool CancelRequested);
