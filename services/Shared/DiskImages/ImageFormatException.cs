namespace Sparsify.DiskImages;

/// <summary>An image file is not what its format says, or asks for something that is not done.</summary>
/// <param name="path">The image.</param>
/// <param name="structure">The structure that is at fault, in the words of the format's specification.</param>
/// <param name="offset">Where it lies in the file, bytes.</param>
/// <param name="reason">What is wrong, with values; the end of a sentence.</param>
public sealed class ImageFormatException(string path, string structure, long offset, string reason)
    : Exception($"'{path}' cannot be read: {structure} at offset {offset}: {reason}.")
{
    /// <summary>The image.</summary>
    public string Path { get; } = path;

    /// <summary>The structure that is at fault.</summary>
    public string Structure { get; } = structure;

    /// <summary>Where it lies in the file, bytes.</summary>
    public long Offset { get; } = offset;

    /// <summary>What is wrong, with values.</summary>
    public string Reason { get; } = reason;
}
