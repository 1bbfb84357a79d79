using System.Collections.Concurrent;
using System.Diagnostics;
using MassTransit;
using Sparsify.Contracts;
using Sparsify.HostWorker;
using Sparsify.Messaging;
using Sparsify.Platform.Tests.Hosting;
using Sparsify.ServiceDefaults;
using Sparsify.Testing.Processes;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.Platform.Tests.Tracing;

/// <summary>One trace from the request to the unlock, over the real broker, with a real host worker that runs a stand-in for virt-sparsify.</summary>
public sealed class TraceTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task An_operation_asked_for_over_HTTP_is_one_trace_to_its_end()
    {
        using var spans = new Spans();
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Distributed);
        using var folder = TestFolder.Create("trace");
        using var worker = await StartWorkerAsync(platform, folder);
        var disk = (await platform.Client.DiskAsync("disk.img")).Id();
        var (_, accepted) = await platform.Client.SparsifyAsync(disk, new { force = true });
        var operation = accepted.Id();
        var done = await platform.Client.OperationInAsync(operation, Limit);
        Assert.True(done.Text("state") == "Completed", done.ToString());
        await TestPlatform.UntilAsync(() => platform.Published.Of<DiskUnlocked>().Any(), "the unlock was heard of");
        await worker.StopAsync(TestContext.Current.CancellationToken);

        var trace = spans.Of(done.Text("traceId")!);
        var request = trace.Single(s => s.Kind == ActivityKind.Server && s.DisplayName.Contains("/sparsify", StringComparison.Ordinal));
        foreach (var name in new[] { "sparsify volume", "virt-sparsify", "grant lease", "report end" })
            Assert.Contains(trace, s => s.DisplayName == name);
        var run = trace.Single(s => s.DisplayName == "virt-sparsify");
        Assert.Equal("sparsify volume", Parent(trace, run)!.DisplayName);
        Assert.Equal(0, run.GetTagItem("process.exit.code"));
        // Every span leads up to the request: nothing hangs in the air.
        Assert.All(trace, s => Assert.Same(request, Root(trace, s)));
        // From the request through the saga to the host, and back to the unlock, in the order of causes.
        AssertChain(trace, trace.Single(s => s.DisplayName == "sparsify volume"), "SparsifyVolume", "grant lease", "SparsifyDiskRequested");
        AssertChain(trace, trace.First(s => s.Kind == ActivityKind.Consumer && Mentions(s, nameof(DiskUnlocked))), "VolumeJobSucceeded", "report end");
    }

    [Fact]
    public async Task A_message_with_a_traceparent_is_continued()
    {
        using var spans = new Spans();
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Distributed);
        var disk = await platform.AddDiskAsync();
        var (request, upstream) = (Guid.NewGuid(), ActivityTraceId.CreateRandom().ToHexString());
        await Testing.Disks.Tools.RunAsync(
            "bash", "-c",
            $$"""printf '{"requestId":"{{request}}","diskId":"{{disk}}"}' | amqp-publish --url '{{platform.BackEnd.Broker!.Uri}}' --exchange Sparsify.Contracts:SparsifyDiskRequested --routing-key '' --content-type application/json --header 'traceparent: 00-{{upstream}}-00f067aa0ba902b7-01'""");
        await TestPlatform.UntilAsync(() => platform.Published.Of<SparsifyDiskAccepted>().Any(a => a.OperationId == request), "the request was accepted");
        Assert.Equal(upstream, (await platform.Client.OperationInAsync(request, Limit, "Queued")).Text("traceId"));
        Assert.Contains(spans.Of(upstream), s => s.DisplayName == "accept request" && s.ParentSpanId.ToHexString() == "00f067aa0ba902b7");
    }

    private static async Task<IHost> StartWorkerAsync(TestPlatform platform, TestFolder folder)
    {
        var storage = folder.Folder("storage");
        await File.WriteAllBytesAsync(Path.Combine(storage, "disk.img"), new byte[1 << 20]);
        var tool = folder.File("virt-sparsify");
        await File.WriteAllTextAsync(tool, """
            #!/bin/bash
            case $1 in
                --version) echo 'virt-sparsify 1.0' ;;
                --machine-readable) echo 'in-place' ;;
                --machine-readable=file:*) echo '{"message":"Trimming /dev/sda1","timestamp":"2026-01-02T03:04:05Z","type":"message"}' >"${1#*:}" ;;
            esac
            """);
        await Testing.Disks.Tools.RunAsync("chmod", "+x", tool);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(platform.BackEnd.Settings);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Sparsify:HostWorker:Name"] = "host-c",
            ["Sparsify:HostWorker:Scratch"] = folder.Folder("scratch"),
            ["Sparsify:HostWorker:VirtSparsify"] = tool,
            ["Sparsify:HostWorker:HeartbeatInterval"] = "00:00:01",
            [$"Sparsify:HostWorker:Domains:{TestPlatform.Domain}"] = storage,
        });
        builder.AddServiceDefaults("test-worker");
        builder.AddHostWorker();
        builder.AddSparsifyBus(bus => bus.AddHostWorkerConsumers(builder.Configuration));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static void AssertChain(IReadOnlyList<Activity> trace, Activity from, params string[] ancestors)
    {
        var span = from;
        foreach (var wanted in ancestors)
        {
            do
                span = Parent(trace, span!);
            while (span is not null && !Mentions(span, wanted));
            Assert.True(span is not null, $"'{from.DisplayName}' has no ancestor '{wanted}'. Its ancestors: {string.Join(" < ", Ancestors(trace, from).Select(s => $"{s.DisplayName} [{s.GetTagItem("messaging.masstransit.message_types")}]"))}");
        }
    }

    private static bool Mentions(Activity span, string name) =>
        span.DisplayName.Contains(name, StringComparison.Ordinal) || span.TagObjects.Any(t => t.Value?.ToString()?.Contains(name, StringComparison.Ordinal) == true);

    private static IEnumerable<Activity> Ancestors(IReadOnlyList<Activity> trace, Activity span)
    {
        for (var parent = Parent(trace, span); parent is not null; parent = Parent(trace, parent))
            yield return parent;
    }

    private static Activity? Parent(IReadOnlyList<Activity> trace, Activity span) => trace.SingleOrDefault(s => s.SpanId == span.ParentSpanId);

    private static Activity Root(IReadOnlyList<Activity> trace, Activity span) => Ancestors(trace, span).LastOrDefault() ?? span;

    /// <summary>Every span that ended in this process.</summary>
    private sealed class Spans : IDisposable
    {
        private readonly ConcurrentQueue<Activity> _ended = new();
        private readonly ActivityListener _listener;

        public Spans()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name.StartsWith("Sparsify.", StringComparison.Ordinal) || source.Name is "MassTransit" or "Microsoft.AspNetCore",
                Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = _ended.Enqueue,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public IReadOnlyList<Activity> Of(string traceId) => [.. _ended.Where(s => s.TraceId.ToHexString() == traceId)];

        public void Dispose() => _listener.Dispose();
    }
}
