namespace Sparsify.HostWorker.Volumes;

/// <summary>A path leads outside its storage domain's root, by itself or through a symbolic link.</summary>
public sealed class OutsideStorageDomainException(string storageDomain, string path)
    : Exception($"'{path}' leads outside storage domain '{storageDomain}'.");
