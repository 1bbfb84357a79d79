using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.SystemTextJson;
using MassTransit.Serialization;
using Sparsify.Contracts;
using Sparsify.Scanner.WebHooks;
using Xunit;

namespace Sparsify.Scanner.Tests.WebHooks;

/// <summary>What a receiver gets.</summary>
public sealed class AlertEventTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly Guid Alert = new("00000000-0000-0000-0000-000000000001");
    private static readonly Guid Disk = new("00000000-0000-0000-0000-000000000002");

    private static readonly SparsifyNeedCleared Cleared = new() { AlertId = Alert, Revision = 2, DiskId = Disk, Reason = NeedClearedReason.Sparsified, RaisedAt = At, ClearedAt = At.AddSeconds(0.5) };

    private static readonly SparsifyNeeded Needed = new()
    {
        AlertId = Alert,
        Revision = 1,
        DiskId = Disk,
        Name = "wéb-1 <b>",
        StorageDomain = "vms",
        Path = "a.qcow2",
        ActualSize = 1000,
        Measurement = new VolumeMeasurement { Reclaimable = 500, HeldBySnapshots = 0, Exact = true, MeasuredAt = At },
        Thresholds = new SparsifyThresholds(100, 0.1),
        Vms = [],
        Violations = [],
        RaisedAt = At,
        At = At,
    };

    [Fact]
    public void It_is_a_CloudEvent_to_the_byte() => Assert.Equal(
        """{"specversion":"1.0","id":"00000000-0000-0000-0000-000000000001-2","source":"/sparsify","type":"sparsify.platform.SparsifyNeedCleared.v1","subject":"00000000-0000-0000-0000-000000000002","time":"2026-01-02T03:04:05.500Z","datacontenttype":"application/json","data":{"alertId":"00000000-0000-0000-0000-000000000001","revision":2,"diskId":"00000000-0000-0000-0000-000000000002","reason":"sparsified","reclaimable":null,"raisedAt":"2026-01-02T03:04:05+00:00","clearedAt":"2026-01-02T03:04:05.5+00:00"}}""",
        Encoding.UTF8.GetString(AlertEvent.Of(Cleared).Write("/sparsify")));

    [Fact]
    public void A_receiver_can_read_it_with_the_library_for_CloudEvents()
    {
        var formatter = new JsonEventFormatter<SparsifyNeeded>(JsonSerializerOptions.Web, default);
        var read = formatter.DecodeStructuredModeMessage(AlertEvent.Of(Needed).Write("https://sparsify.example/a"), new System.Net.Mime.ContentType(AlertEvent.ContentType), extensionAttributes: null);
        Assert.Equal((CloudEventsSpecVersion.V1_0, "sparsify.platform.SparsifyNeeded.v1", Disk.ToString(), At), (read.SpecVersion, read.Type, read.Subject, read.Time));
        Assert.Equal("https://sparsify.example/a", read.Source!.OriginalString);
        Assert.Equal(Needed.Name, Assert.IsType<SparsifyNeeded>(read.Data).Name);
    }

    [Fact]
    public void Its_data_is_the_message_as_it_is_on_the_broker()
    {
        AssertAsOnTheBroker(AlertEvent.Of(Needed));
        AssertAsOnTheBroker(AlertEvent.Of(Cleared));
    }

    [Fact]
    public void Its_id_is_that_of_the_news_and_of_nothing_else()
    {
        AlertEvent[] all = [AlertEvent.Of(Needed), AlertEvent.Of(Needed with { Revision = 11 }), AlertEvent.Of(Needed with { AlertId = Disk }), AlertEvent.Of(Cleared)];
        Assert.Equal(all.Length, all.Select(e => e.Id).Distinct().Count());
        Assert.Equal(all[0].Id, AlertEvent.Of(Needed with { Name = "another" }).Id);
        // The signature separates by dots.
        Assert.DoesNotContain(all, e => e.Id.Contains('.', StringComparison.Ordinal));
    }

    private static void AssertAsOnTheBroker(AlertEvent news)
    {
        var broker = JsonNode.Parse(JsonSerializer.Serialize(news.Message, news.Message.GetType(), SystemTextJsonMessageSerializer.Options))!;
        var posted = JsonNode.Parse(news.Write("/sparsify"))!["data"]!;
        Assert.True(JsonNode.DeepEquals(broker, posted), $"{broker}\n{posted}");
    }
}
