using System.Text;

namespace Sparsify.Scanner.WebHooks;

/// <summary>
/// The file with a web hook's secrets, one a line. A line that starts with <c>whsec_</c> is base64 behind that, as the
/// libraries for Standard Webhooks want it; any other is the secret itself.
/// </summary>
internal static class WebHookSecrets
{
    /// <summary>Bytes of a secret, at least.</summary>
    public const int Shortest = 16;

    private const string Base64Prefix = "whsec_";
    private const int LargestFile = 4096;
    private const int Most = 4;

    /// <summary>Reads them.</summary>
    /// <exception cref="InvalidDataException">The file holds no secret, too many, or one that is too short; the message never holds any of it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not read the file.</exception>
    public static IReadOnlyList<byte[]> Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[LargestFile + 1];
        var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (length > LargestFile)
            throw new InvalidDataException($"'{file}' is larger than {LargestFile} bytes; it holds one secret a line.");
        var lines = Encoding.UTF8.GetString(bytes, 0, length).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length is 0 or > Most)
            throw new InvalidDataException($"'{file}' holds {lines.Length} secrets; it holds one to {Most}, one a line.");
        return [.. lines.Select((line, i) => Secret(line) is { Length: >= Shortest } secret
            ? secret
            : throw new InvalidDataException($"Line {i + 1} of '{file}' is no secret of at least {Shortest} bytes; make one with: echo \"{Base64Prefix}$(openssl rand -base64 32)\"."))];
    }

    /// <summary>The file is what is wrong, and may be mended later.</summary>
    public static bool IsFault(Exception exception) => exception is InvalidDataException or IOException or UnauthorizedAccessException;

    private static byte[]? Secret(string line)
    {
        if (!line.StartsWith(Base64Prefix, StringComparison.Ordinal))
            return Encoding.UTF8.GetBytes(line);
        var secret = new byte[line.Length];
        return Convert.TryFromBase64String(line[Base64Prefix.Length..], secret, out var length) ? secret[..length] : null;
    }
}
