using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Sparsify.Contracts;
using Sparsify.Platform.Tests.Hosting;
using Sparsify.Platform.Tests.Storage;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.Platform.Tests.Measuring;

/// <summary>What it costs to have a whole fleet measured once: disks that are rows only, and a host that takes as long for each as the measuring of a real one does.</summary>
public sealed class FleetPassTests(ITestOutputHelper output)
{
    /// <summary>A 20 GiB ext4 in a qcow2, as <c>tests/benchmarks/run measuring</c> gives it.</summary>
    private static readonly TimeSpan MeasuringOfOne = TimeSpan.FromMilliseconds(0.27);

    private static readonly TimeSpan Limit = TimeSpan.FromHours(2);

    private static int Disks => int.Parse(Environment.GetEnvironmentVariable("SPARSIFY_TEST_FLEET") ?? "300", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Every_disk_of_a_fleet_is_measured_once_in_a_pass()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Distributed, ("Sparsify:Outbox:SweepInterval", "00:00:05"), ("Sparsify:Outbox:SweepAge", "01:00:00"), ("Sparsify:Scanner:MeasureAnswerLimit", "02:00:00"));
        await using var connection = new NpgsqlConnection(platform.BackEnd.Database!.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        var measured = 0;
        platform.HostA.Measures = (asked, _) =>
        {
            Interlocked.Increment(ref measured);
            return Measure(asked);
        };
        await Population.FillFleetAsync(connection, TestPlatform.Domain, Disks);
        var (sizeBefore, cpuBefore, begun) = (await NumberAsync(connection, "SELECT pg_database_size(current_database())"), Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        await NumberAsync(connection, "UPDATE scanner.disks SET measure_due_at = now() RETURNING 1");

        while (await NumberAsync(connection, "SELECT count(*) FROM api.disks WHERE looked_at IS NOT NULL") < Disks)
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < Limit, $"{measured} of {Disks} disks were measured in {Limit}.");
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }

        var took = Stopwatch.GetElapsedTime(begun);
        var handled = await NumberAsync(connection, "SELECT (SELECT count(*) FROM orchestrator.inbox) + (SELECT count(*) FROM scanner.inbox) + (SELECT count(*) FROM api.inbox)");
        var sizeAfter = await NumberAsync(connection, "SELECT pg_database_size(current_database())");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Disks:N0} disks in {took:hh\\:mm\\:ss}: {Disks / took.TotalSeconds:N0} a second, {Disks / took.TotalHours:N0} an hour; {(double)handled / Disks:N1} messages a disk handled by services; the database grew from {sizeBefore >> 20:N0} to {sizeAfter >> 20:N0} MiB, {(sizeAfter - sizeBefore) / Disks:N0} bytes a disk; {(Environment.CpuUsage.TotalTime - cpuBefore).TotalMilliseconds / Disks:N2} ms of processor time a disk in the services"));
        // A question may come twice, as any message may; more than a few would be a fault.
        Assert.InRange(measured, Disks, Disks + Disks / 100);
        Assert.Equal(Disks, await NumberAsync(connection, "SELECT count(*) FROM api.disks WHERE reclaimable = 123"));
        // In a pass that takes long the regular moment of some comes again; they wait behind those that were never measured.
        Assert.Equal(Disks, await NumberAsync(connection, "SELECT count(*) FROM scanner.disks WHERE measure_due_at > answered_at AND (asked_at IS NULL OR asked_at > answered_at)"));
    }

    private static VolumeMeasured Measure(MeasureVolume asked)
    {
        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < MeasuringOfOne)
            Thread.SpinWait(100);
        return new VolumeMeasured
        {
            Host = "host-a",
            DiskId = asked.DiskId,
            StorageDomain = asked.StorageDomain,
            Path = asked.Path,
            VirtualSize = 10_000,
            ActualSize = 1000,
            Encrypted = false,
            VolumeGroupIncomplete = false,
            Measurement = new VolumeMeasurement
            {
                Reclaimable = 123,
                HeldBySnapshots = 0,
                Exact = true,
                MeasuredAt = DateTimeOffset.UtcNow,
                Regions = [.. Enumerable.Range(1, 3).Select(i => new MeasuredRegion { Kind = MeasuredRegionKind.Partition, FileSystem = "ext4", Label = $"part-{i}", Start = i << 20, Size = 1 << 30, Used = 1 << 29, Free = 1 << 29, Reclaimable = 41 })],
            },
            Stamp = "0123456789abcdef0123456789abcdef",
        };
    }

    private static async Task<long> NumberAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }
}
