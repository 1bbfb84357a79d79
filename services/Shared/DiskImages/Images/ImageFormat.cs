namespace Sparsify.DiskImages.Images;

/// <summary>How an image file keeps a disk's bytes.</summary>
public enum ImageFormat
{
    /// <summary>The guest's bytes as they are.</summary>
    Raw,

    /// <summary>QEMU copy-on-write, version 2 or 3. Source: QEMU <c>docs/interop/qcow2.txt</c>.</summary>
    Qcow2,
}
