using System.Text;
using Sparsify.DiskImages.Devices;
using Sparsify.DiskImages.Images;

namespace Sparsify.DiskImages.FileSystems.Swap;

/// <summary>
/// Linux swap. virt-sparsify discards all of it and writes the first 4 KiB back. Sources: Linux <c>include/linux/swap.h</c>
/// (<c>union swap_header</c>), guestfs-tools <c>sparsify/in_place.ml</c>.
/// </summary>
internal sealed class SwapReader : IFileSystemReader
{
    private const int HeaderSize = 4096;
    private const int SignatureOffset = 4086;

    public FileSystemReading? Read(GuestDevice device)
    {
        if (device.Length < HeaderSize)
            return null;
        var header = device.Read(0, HeaderSize, "the swap header");
        var signature = header.AsSpan(SignatureOffset, 10);
        if (signature.SequenceEqual("S1SUSPEND\0"u8) || signature.SequenceEqual("ULSUSPEND\0"u8))
            return FileSystemReading.Opaque("swsuspend", "It holds the memory of a hibernated guest and is left alone.");
        if (!signature.SequenceEqual("SWAPSPACE2"u8))
            return null;
        var tally = new DiscardTally();
        device.Discard(0, device.Length, tally);
        // The header's blocks are freed with all the others and taken anew when it is written back.
        tally.Grow(device.SpaceOfWriting(0, HeaderSize));
        return new FileSystemReading
        {
            Type = "swap",
            Label = new StructureReader(header, "the swap header", 0).Label(1052, 16, Encoding.UTF8),
            Size = device.Length,
            Free = device.Length - HeaderSize,
            Tally = tally,
            IsSwap = true,
        };
    }
}
