using System.Globalization;
using System.Net;
using System.Text.Json;
using Sparsify.Chaos.Kills.Disks;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Platforms;
using Sparsify.Testing.Processes;

namespace Sparsify.Chaos.Kills.Cases;

/// <summary>A platform that kills are tried on, one after another; it goes on from one to the next.</summary>
internal sealed class Lane : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(5);
    private static readonly string[] Hosts = ["host-a", "host-b"];
    private TestPlatform? _platform;

    /// <summary>The platform, of the kind that is wanted.</summary>
    public async Task<TestPlatform> PlatformAsync(bool distributed)
    {
        if (_platform is DistributedPlatform == distributed && _platform is not null)
            return _platform;
        await DisposeAsync();
        // A lease that is much longer than a frozen worker's rest, and short enough to wait for.
        TestPlatform platform = distributed
            ? new DistributedPlatform(Hosts, new Dictionary<string, string?> { ["Sparsify__Orchestrator__LeaseDuration"] = "00:00:30", ["Sparsify__Orchestrator__LeaseGuard"] = "00:00:05" })
            : new EmbeddedPlatform();
        await platform.StartAsync();
        await platform.Client.UntilHostIsReadyAsync();
        return _platform = platform;
    }

    /// <summary>Asks for a disk to be sparsified, and waits for the run.</summary>
    public static async Task<(Guid Operation, string Host, RunProcesses Run)> StartAsync(TestPlatform platform, string image)
    {
        var disk = (await platform.Client.DiskAsync(Path.GetFileName(image))).GetProperty("id").GetGuid();
        var (status, body) = await platform.Client.SparsifyAsync(disk);
        if (status != HttpStatusCode.Accepted)
            throw new InvalidOperationException($"The request was answered with {status}: {body}");
        var operation = body.GetProperty("id").GetGuid();
        var run = await RunProcesses.StartedAsync([.. platform.Scratches.Values], operation, 1, StartLimit);
        return (operation, platform.Scratches.Single(s => run.Folder.StartsWith(s.Value + '/', StringComparison.Ordinal)).Key, run);
    }

    /// <summary>Waits until an operation is at its end, or waits for a person.</summary>
    public static Task<JsonElement> EndAsync(TestPlatform platform, Guid operation, TimeSpan limit) =>
        platform.Client.OperationInAsync(operation, limit, "Completed", "Failed", "Rejected", "Skipped", "Canceled", "NeedsAttention");

    /// <summary>Waits until nothing of an operation is left: lock, lease, journal, processes.</summary>
    /// <returns>What is still there when it took too long; else null.</returns>
    public static async Task<string?> LeftoverAsync(TestPlatform platform, Guid operation, string image)
    {
        var left = "";
        try
        {
            await platform.Client.DiskAsync(Path.GetFileName(image), disk => disk.GetProperty("operationId").ValueKind == JsonValueKind.Null, TimeSpan.FromSeconds(20));
            await PlatformClient.UntilAsync<bool>(
                async () =>
                {
                    string[] all =
                    [
                        await platform.CountLeasesAsync() > 0 ? "a lease" : "",
                        .. platform.Scratches.Values.Where(s => Directory.Exists(Path.Combine(s, "attempts"))).SelectMany(s => Directory.GetDirectories(Path.Combine(s, "attempts"), $"{operation:D}-*")),
                        .. RunProcesses.UsersOf(image).Select(p => string.Create(CultureInfo.InvariantCulture, $"process {p}")),
                    ];
                    left = string.Join(", ", all.Where(l => l.Length > 0));
                    return left.Length == 0 ? true : null;
                },
                TimeSpan.FromSeconds(40),
                () => left);
            return null;
        }
        catch (TimeoutException e)
        {
            return left.Length > 0 ? left : e.Message;
        }
    }

    /// <summary>Bytes that the storage gives up for an image, once all of it is written.</summary>
    public static async Task<long> AllocatedAsync(string image)
    {
        await Tools.RunAsync("sync", image);
        return await Guestfs.AllocatedAsync(image);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_platform is not null)
            await _platform.DisposeAsync();
        _platform = null;
    }
}
