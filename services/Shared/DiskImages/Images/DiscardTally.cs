namespace Sparsify.DiskImages.Images;

/// <summary>What discards of a region come to.</summary>
internal sealed class DiscardTally
{
    /// <summary>Bytes that the storage gets back.</summary>
    public long Reclaimable { get; private set; }

    /// <summary>Bytes that lower volumes or internal snapshots hold, so that they stay.</summary>
    public long Held { get; private set; }

    public void Reclaim(long bytes) => Reclaimable += bytes;

    public void Hold(long bytes) => Held += bytes;

    /// <summary>Takes off what the run itself writes to places that hold nothing yet.</summary>
    public void Grow(long bytes) => Reclaimable = Math.Max(0, Reclaimable - bytes);
}
