namespace Sparsify.DiskImages.Vital;

/// <summary>The first page of a swap area: virt-sparsify discards the whole area and writes it back, and dies in between at the worst time.</summary>
/// <param name="Device">The area as the appliance names it (<c>/dev/sda2</c>, <c>/dev/GROUP/NAME</c>).</param>
/// <param name="Content">4,096 bytes. Source: Linux <c>include/linux/swap.h</c>, <c>union swap_header</c>.</param>
public sealed record SwapHeader(string Device, byte[] Content)
{
    /// <summary>Bytes that virt-sparsify keeps.</summary>
    public const int Size = 4096;
}
