namespace Sparsify.HostWorker.Jobs;

/// <summary>The Orchestrator says that this host holds no such lease.</summary>
public sealed class LeaseLostException(string reason) : Exception(reason);
