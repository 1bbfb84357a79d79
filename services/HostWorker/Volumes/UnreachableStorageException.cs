namespace Sparsify.HostWorker.Volumes;

/// <summary>The storage domain cannot be reached from this host now.</summary>
public sealed class UnreachableStorageException(string message) : Exception(message);
