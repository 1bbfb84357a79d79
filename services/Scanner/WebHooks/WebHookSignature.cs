using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sparsify.Scanner.WebHooks;

/// <summary>Signs as Standard Webhooks says, so that receivers have libraries that check it.</summary>
internal static class WebHookSignature
{
    /// <summary>The value of the header <c>webhook-signature</c>: one signature for each secret, so that a receiver that knows one of them is satisfied.</summary>
    /// <param name="secrets">The secrets.</param>
    /// <param name="id">The header <c>webhook-id</c>.</param>
    /// <param name="at">The header <c>webhook-timestamp</c>, in seconds: a receiver refuses what was recorded long ago.</param>
    /// <param name="body">The body, to the byte.</param>
    public static string Sign(IEnumerable<byte[]> secrets, string id, long at, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{at}.")), .. body];
        return string.Join(' ', secrets.Select(secret => $"v1,{Convert.ToBase64String(HMACSHA256.HashData(secret, signed))}"));
    }
}
