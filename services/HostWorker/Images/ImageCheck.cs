using System.Text.Json;
using Sparsify.Contracts;
using Sparsify.HostWorker.Processes;

namespace Sparsify.HostWorker.Images;

/// <summary>Looks through the metadata of a qcow2 image. Source: qemu-img(1), "check": exit code 0 sound, 2 corrupt, 3 leaks, 1 not checked, 63 not supported.</summary>
internal static class ImageCheck
{
    private const int Corrupt = 2;
    private const int Leaky = 3;

    /// <summary>Checks a qcow2 image; a raw one has nothing to check.</summary>
    /// <exception cref="IOException">It could not be checked.</exception>
    /// <exception cref="TimeoutException">It took longer than <paramref name="limit"/>.</exception>
    public static async Task<ImageCheckResult> RunAsync(string path, VolumeFormat format, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (format != VolumeFormat.Qcow2)
            return ImageCheckResult.Sound;
        var check = await ToolOutput.RunAsync("qemu-img", ["check", "-f", "qcow2", "--output=json", path], limit, cancellationToken: cancellationToken)
            ?? throw new IOException("'qemu-img' is not installed; install qemu-utils.");
        return check.ExitCode switch
        {
            0 => ImageCheckResult.Sound,
            Corrupt or Leaky => new ImageCheckResult(Math.Max(Count(check.StandardOutput, "corruptions"), check.ExitCode == Corrupt ? 1 : 0), Count(check.StandardOutput, "leaks"), check.StandardOutput),
            _ => throw new IOException($"qemu-img could not check '{path}' (exit code {check.ExitCode}): {check.StandardError.Trim()}"),
        };
    }

    private static long Count(string json, string field)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.TryGetProperty(field, out var count) ? count.GetInt64() : 0;
    }
}
