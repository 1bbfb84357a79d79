using Sparsify.Contracts;
using Sparsify.DiskImages.Images;

namespace Sparsify.HostWorker.Images;

/// <summary>A volume's format in the words of those who open it.</summary>
internal static class ImageFormats
{
    /// <summary>For the library that reads images.</summary>
    public static ImageFormat ToLibrary(this VolumeFormat format) => format == VolumeFormat.Qcow2 ? ImageFormat.Qcow2 : ImageFormat.Raw;

    /// <summary>For the tools of libguestfs and QEMU.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is neither raw nor qcow2.</exception>
    public static string Word(this VolumeFormat format) => format switch
    {
        VolumeFormat.Raw => "raw",
        VolumeFormat.Qcow2 => "qcow2",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Only raw and qcow2 can be sparsified in place."),
    };
}
