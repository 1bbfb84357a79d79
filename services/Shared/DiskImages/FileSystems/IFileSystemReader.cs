using Sparsify.DiskImages.Devices;

namespace Sparsify.DiskImages.FileSystems;

/// <summary>Reads one kind of file system, without changing anything.</summary>
internal interface IFileSystemReader
{
    /// <summary>Reads what is free, and what trimming it in the appliance would give back.</summary>
    /// <returns>Null when the device holds no such file system.</returns>
    /// <exception cref="MalformedStructureException">It holds one that is malformed.</exception>
    FileSystemReading? Read(GuestDevice device);
}
