using System.Security.Cryptography;
using System.Text;

namespace Sparsify.HostWorker.Discovery;

/// <summary>
/// The id of a disk that no VM manager has named: made from its place, so that every host that reaches the storage
/// domain makes the same. Source: RFC 9562, section 5.5 (UUID version 5).
/// </summary>
internal static class HostDiskId
{
    private static readonly Guid Namespace = new("8f1b4f0e-6d5e-4c7a-9a43-3f0f5c2b7a61");

    public static Guid Of(string storageDomain, string path)
    {
#pragma warning disable CA5350 // Version 5 is defined with SHA-1; nothing here is a secret.
        var hash = SHA1.HashData([.. Namespace.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes($"{storageDomain}/{path}")]);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }
}
