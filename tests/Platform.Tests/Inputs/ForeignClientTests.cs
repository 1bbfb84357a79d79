using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Platform.Tests.Hosting;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.Platform.Tests.Inputs;

/// <summary>A client that has never heard of .NET: Debian's <c>amqp-publish</c>, plain JSON.</summary>
public sealed class ForeignClientTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Plain_JSON_drives_an_operation_from_the_disk_to_its_end()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Distributed);
        var (disk, vm, request) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await SendAsync(platform, "StorageDomainReported", """{"name":"vms","kind":"file","fileSystem":"xfs","supportsDiscard":true,"reportedAt":"2026-01-02T03:04:05Z"}""");
        await SendAsync(platform, "DiskReported", Disk(disk));
        await platform.Client.DiskAsync("web-1-root", d => d.GetProperty("eligible").GetBoolean());
        await SendAsync(platform, "VmStatusReported", $$"""{"vmId":"{{vm}}","name":"web-1","status":"up","diskIds":["{{disk}}"],"reportedAt":"2026-01-02T03:04:06Z"}""");
        await platform.Client.DiskAsync("web-1-root", d => d.Codes().Contains("VM_NOT_DOWN"));
        await SendAsync(platform, "VmStatusReported", $$"""{"vmId":"{{vm}}","name":"web-1","status":"down","reportedAt":"2026-01-02T03:04:07Z"}""");
        await platform.Client.DiskAsync("web-1-root", d => d.GetProperty("eligible").GetBoolean());

        await SendAsync(platform, "SparsifyDiskRequested", $$"""{"requestId":"{{request}}","diskId":"{{disk}}","requestedBy":"a shell","priority":"high"}""");
        await SendAsync(platform, "SparsifyDiskRequested", $$"""{"requestId":"{{request}}","diskId":"{{disk}}","requestedBy":"a shell","priority":"high"}""");
        await TestPlatform.UntilAsync(() => platform.Published.Of<SparsifyDiskAccepted>().Any(a => a.OperationId == request), "the request was accepted");
        await SendAsync(platform, "CancelSparsifyRequested", $$"""{"operationId":"{{request}}"}""");
        await platform.Client.OperationInAsync(request, Limit, "Canceled");
        await SendAsync(platform, "DiskRemoved", $$"""{"diskId":"{{disk}}","removedAt":"2026-01-02T03:04:08Z"}""");
        await TestPlatform.UntilAsync(async () => (await platform.Client.GetAsync("/api/v1/disks")).GetProperty("items").GetArrayLength() == 0, "the disk is gone");
        Assert.Equal(1, await platform.WithDatabaseAsync(db => db.Operations.CountAsync()));
    }

    [Theory]
    [InlineData("SparsifyDiskRequested", "sparsify-disk-requested", """{"requestId":"11111111-1111-1111-1111-111111111111"}""", "diskId")]
    [InlineData("SparsifyDiskRequested", "sparsify-disk-requested", """{"requestId":"11111111-1111-1111-1111-111111111111","diskId":"x"}""", "diskId")]
    [InlineData("SparsifyDiskRequested", "sparsify-disk-requested", """{"requestId":"11111111-1111-1111-1111-111111111111","diskId":"22222222-2222-2222-2222-222222222222","priority":"urgent"}""", "priority")]
    [InlineData("SparsifyDiskRequested", "sparsify-disk-requested", "not JSON at all", "")]
    [InlineData("SparsifyDiskRequested", "sparsify-disk-requested", "[]", "")]
    [InlineData("SparsifyDiskRequested", "sparsify-disk-requested", "null", "")]
    [InlineData("SparsifyDiskRequested", "sparsify-disk-requested", "", "")]
    [InlineData("DiskReported", "disk-reported", """{"diskId":"11111111-1111-1111-1111-111111111111","name":"a","storageDomain":"vms","path":"../etc/passwd","format":"raw","virtualSize":1,"actualSize":1,"reportedAt":"2026-01-02T03:04:05Z"}""", "path")]
    [InlineData("DiskReported", "disk-reported", """{"diskId":"11111111-1111-1111-1111-111111111111","name":"a","storageDomain":"vms","path":"a.img","format":"raw","virtualSize":-1,"actualSize":1,"reportedAt":"2026-01-02T03:04:05Z"}""", "virtualSize")]
    [InlineData("VmStatusReported", "vm-status-reported", """{"vmId":"11111111-1111-1111-1111-111111111111","name":"a","status":"dreaming","reportedAt":"2026-01-02T03:04:05Z"}""", "status")]
    [InlineData("StorageDomainReported", "storage-domain-reported", """{"name":"a b","kind":"file","reportedAt":"2026-01-02T03:04:05Z"}""", "name")]
    [InlineData("CancelSparsifyRequested", "cancel-sparsify-requested", """{"operationId":"00000000-0000-0000-0000-000000000000"}""", "operationId")]
    [InlineData("DiskRemoved", "disk-removed", """{"removedAt":"2026-01-02T03:04:05Z"}""", "diskId")]
    public async Task Invalid_input_goes_to_the_dead_letter_queue_with_the_reason_and_blocks_nothing(string message, string queue, string body, string names)
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Distributed);
        await SendAsync(platform, message, body);
        await RefusedAsync(platform, queue, names);
        await StillWorksAsync(platform);
    }

    [Fact]
    public async Task Ten_megabytes_of_junk_and_a_bomb_of_brackets_block_nothing()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Distributed);
        var junk = new byte[10 * 1024 * 1024];
        new Random(1).NextBytes(junk);
        await SendAsync(platform, "DiskReported", PipeSource.FromBytes(junk));
        await RefusedAsync(platform, "disk-reported", "");
        await SendAsync(platform, "VmStatusReported", PipeSource.FromString(new string('[', 10 * 1024 * 1024)));
        await RefusedAsync(platform, "vm-status-reported", "");
        await StillWorksAsync(platform);
    }

    private static string Disk(Guid id) =>
        $$"""{"diskId":"{{id}}","name":"web-1-root","storageDomain":"vms","path":"web-1/root.qcow2","format":"qcow2","virtualSize":1073741824,"actualSize":1048576,"reportedAt":"2026-01-02T03:04:05Z"}""";

    private static async Task RefusedAsync(TestPlatform platform, string queue, string names)
    {
        var broker = platform.BackEnd.Broker!;
        await TestPlatform.UntilAsync(async () => (await broker.PeekAsync($"{queue}.dead-letter")).Count == 1, $"the message is in {queue}.dead-letter");
        var reason = (await broker.PeekAsync($"{queue}.dead-letter"))[0].GetProperty("properties").GetProperty("headers").Text("MT-Fault-Message")!;
        Assert.NotEmpty(reason);
        Assert.Contains(names, reason, StringComparison.Ordinal);
    }

    private static async Task StillWorksAsync(TestPlatform platform)
    {
        await SendAsync(platform, "DiskReported", Disk(Guid.NewGuid()));
        await platform.Client.DiskAsync("web-1-root");
    }

    private static Task SendAsync(TestPlatform platform, string message, string body) => SendAsync(platform, message, PipeSource.FromString(body));

    private static async Task SendAsync(TestPlatform platform, string message, PipeSource body)
    {
        var run = await Cli.Wrap("amqp-publish")
            .WithArguments(["--url", platform.BackEnd.Broker!.Uri.ToString(), "--exchange", $"Sparsify.Contracts:{message}", "--routing-key", "", "--content-type", "application/json"])
            .WithStandardInputPipe(body).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync();
        Assert.True(run.ExitCode == 0, run.StandardError);
    }
}
