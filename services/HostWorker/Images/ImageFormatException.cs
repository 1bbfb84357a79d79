namespace Sparsify.HostWorker.Images;

/// <summary>An image is not what its format says.</summary>
public sealed class ImageFormatException(string path, string reason) : Exception($"'{path}' cannot be read: {reason}.");
