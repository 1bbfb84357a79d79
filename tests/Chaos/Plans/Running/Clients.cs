using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Sparsify.Chaos.Fleet;
using Sparsify.Chaos.Planning;
using Sparsify.Chaos.Upstream;

namespace Sparsify.Chaos.Running;

/// <summary>The clients of a plan: they ask again with the same id until they have an answer, as anybody would.</summary>
public sealed class Clients(ChaosFleet fleet, UpstreamSystem upstream, IReadOnlyDictionary<string, Guid> diskIds, FaultPlan plan)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);
    private readonly ConcurrentDictionary<Guid, bool> _answered = new();
    private readonly ConcurrentQueue<string> _wrong = new();

    /// <summary>Requests that an operation was promised for, or that were decided against.</summary>
    public IReadOnlySet<Guid> Answered => _answered.Keys.ToHashSet();

    /// <summary>Answers that should not be.</summary>
    public IEnumerable<string> Wrong => _wrong;

    /// <summary>Sends one request.</summary>
    public async Task RequestAsync(RequestPlan request)
    {
        await Task.Delay(request.At);
        await Task.WhenAll(Enumerable.Range(0, request.Copies).Select(_ => request.ByMessage ? PublishAsync(request) : PostAsync(request)));
    }

    /// <summary>Asks for a cancel, for a while.</summary>
    public async Task CancelAsync(RequestPlan request)
    {
        await Task.Delay(request.CancelAt!.Value);
        for (var i = 0; i < 10; i++)
        {
            try
            {
                var status = await fleet.Client.CancelAsync(request.Id);
                if (status is HttpStatusCode.Accepted or HttpStatusCode.Conflict)
                    return;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
            {
                // Again.
            }

            await Task.Delay(Pause);
        }
    }

    /// <summary>Reports that a VM is up, and later that it is down.</summary>
    public async Task RunVmAsync(VmPlan vm)
    {
        await Task.Delay(vm.At);
        var disk = plan.Disks[vm.Disk];
        await ReportAsync("up");
        await Task.Delay(vm.Lasting);
        await ReportAsync("down");

        Task ReportAsync(string status) => upstream.PublishAsync("VmStatusReported", new
        {
            vmId = vm.Id,
            name = $"vm-{vm.Id:N}",
            status,
            reportedAt = DateTimeOffset.UtcNow,
            volumes = new[] { new { storageDomain = disk.Domain, path = disk.Name } },
        });
    }

    private async Task PublishAsync(RequestPlan request)
    {
        await upstream.PublishAsync("SparsifyDiskRequested", new { requestId = request.Id, diskId = diskIds[plan.Disks[request.Disk].Name], priority = request.Priority, force = request.Force });
        _answered[request.Id] = true;
    }

    private async Task PostAsync(RequestPlan request)
    {
        var body = new { requestId = request.Id, priority = request.Priority, force = request.Force };
        while (true)
        {
            try
            {
                using var answer = await fleet.Client.Http.PostAsJsonAsync($"/api/v1/disks/{diskIds[plan.Disks[request.Disk].Name]}/sparsify", body);
                switch (answer.StatusCode)
                {
                    case HttpStatusCode.Accepted or HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity:
                        _answered[request.Id] = true;
                        return;
                    case HttpStatusCode.ServiceUnavailable when answer.Headers.RetryAfter is not null:
                        break;
                    default:
                        _wrong.Enqueue($"POST for {request.Id} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
                        return;
                }
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
            {
                // The API is away: nothing is known, so the same again.
            }

            await Task.Delay(Pause);
        }
    }
}
