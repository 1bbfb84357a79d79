using Sparsify.DiskImages.Files;
using Sparsify.DiskImages.Images.Qcow2;

namespace Sparsify.DiskImages.Images;

/// <summary>Opens an image and all that it is based on.</summary>
internal static class ImageChain
{
    private const int MaximumLength = 256;

    /// <summary>Opens a chain, nothing of it outside the root.</summary>
    /// <param name="path">The leaf's real path.</param>
    /// <param name="format">The leaf's format, never guessed.</param>
    /// <param name="root">The real path of the directory that the images below must lie in.</param>
    /// <exception cref="ImageFormatException">An image's header is malformed, or the chain does not end.</exception>
    /// <exception cref="UnmeasurableImageException">The guest's bytes cannot be seen, with the reason.</exception>
    /// <exception cref="IOException">The storage does not answer.</exception>
    public static DiskImage Open(string path, ImageFormat format, string root) => Open(path, format, root, []);

    /// <summary>Opens a chain whose leaf is already open; used also for images in memory.</summary>
    public static DiskImage Open(ImageFile file, ImageFormat format, string root, List<string> opened)
    {
        try
        {
            opened.Add(file.Path);
            if (format == ImageFormat.Raw)
                return new RawImage(file);
            var header = Qcow2Header.Read(file);
            if (header.Encrypted)
                throw new UnmeasurableImageException("The image encrypts the guest's data, and no key is known.", isEncrypted: true);
            if (header.ExternalData)
                throw new UnmeasurableImageException("The image keeps the guest's data in another file.");
            if (header.Corrupt)
                throw new UnmeasurableImageException("The image is marked corrupt: QEMU does not write it. 'qemu-img check -r all' may mend it.");
            return new Qcow2Image(file, header, header.BackingFile is { } name ? OpenBelow(file.Path, name, header.BackingFormat, root, opened) : null);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static DiskImage Open(string path, ImageFormat format, string root, List<string> opened)
    {
        if (opened.Count >= MaximumLength || opened.Contains(path))
            throw new UnmeasurableImageException($"The chain of '{opened[0]}' turns in a circle at '{path}', or has more than {MaximumLength} images.");
        return Open(new StoredFile(path), format, root, opened);
    }

    private static DiskImage OpenBelow(string above, string name, string? format, string root, List<string> opened)
    {
        // json:, nbd: and the like are not files.
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (colon >= 0 && (slash < 0 || colon < slash))
            throw new UnmeasurableImageException($"The image '{above}' is based on something that is no file.");
        ImageFormat known = format switch
        {
            "raw" => ImageFormat.Raw,
            "qcow2" => ImageFormat.Qcow2,
            null => throw new UnmeasurableImageException($"The image '{above}' does not give the format of what it is based on; it is not guessed. Name it: qemu-img rebase -u -b FILE -F FORMAT."),
            _ => throw new UnmeasurableImageException($"The image '{above}' is based on an image in a format other than raw and qcow2."),
        };
        string path;
        try
        {
            path = RealPath.Of(Path.Combine(Path.GetDirectoryName(above) ?? "/", name));
        }
        catch (FileNotFoundException)
        {
            throw new UnmeasurableImageException($"What the image '{above}' is based on is not there.");
        }

        return RealPath.IsWithin(root, path)
            ? Open(path, known, root, opened)
            : throw new UnmeasurableImageException($"The image '{above}' is based on a file outside '{root}'.");
    }
}
