namespace Sparsify.DiskImages.Images;

/// <summary>An image whose guest's bytes cannot be seen, or of which nothing could come back.</summary>
/// <param name="reason">A sentence.</param>
/// <param name="isEncrypted">Because it is encrypted.</param>
internal sealed class UnmeasurableImageException(string reason, bool isEncrypted = false) : Exception(reason)
{
    public bool IsEncrypted { get; } = isEncrypted;
}
