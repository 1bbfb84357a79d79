using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sparsify.HostWorker.Volumes;

namespace Sparsify.HostWorker.Measuring;

/// <summary>
/// Tells one state of a chain's files from another without reading them: by the time of their last change, length and
/// allocation, and by whether somebody has the leaf open, as what was read then is only a hint.
/// </summary>
internal static class VolumeStamp
{
    private const int Length = 32;

    /// <summary>The stamp of now.</summary>
    /// <param name="chain">The chain's real paths, the leaf first.</param>
    /// <exception cref="IOException">A file cannot be looked at.</exception>
    public static string Of(IReadOnlyList<string> chain)
    {
        var files = string.Join('|', chain.Select(path => string.Create(
            CultureInfo.InvariantCulture, $"{path}:{File.GetLastWriteTimeUtc(path).Ticks}:{Allocation.Length(path)}:{Allocation.Bytes(path)}")));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{files}|{ImageLock.HolderOf(chain[0]) is null}")))[..Length];
    }
}
