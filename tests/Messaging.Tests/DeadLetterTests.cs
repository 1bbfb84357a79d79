using System.Diagnostics.Metrics;
using Sparsify.Messaging.Tests.Model;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.Messaging.Tests;

/// <summary>What cannot be handled is put aside with its reason.</summary>
[Collection(OfFailures)]
public sealed class DeadLetterTests
{
    /// <summary>Tests whose messages fail are not run beside each other: what is counted is counted for the whole process.</summary>
    public const string OfFailures = "of failures";

    [Fact]
    public async Task A_message_that_cannot_be_handled_is_put_aside_with_the_reason_in_a_header_and_counted()
    {
        var counted = 0L;
        using var meters = new MeterListener { InstrumentPublished = (instrument, listener) => Enable(instrument, listener) };
        meters.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            foreach (var tag in tags)
            {
                if (tag is { Key: "queue", Value: "deposits" })
                    Interlocked.Add(ref counted, count);
            }
        });
        meters.Start();
        await using var backEnd = await BackEnd.CreateAsync(BackEndKind.Distributed);
        await using var service = await TestService.StartAsync(backEnd);
        await service.Bus.Publish(new Deposit { Account = Guid.NewGuid(), Fails = true }, TestContext.Current.CancellationToken);
        await TestService.UntilAsync(async () => (await backEnd.Broker!.PeekAsync("deposits.dead-letter")).Count == 1, "the message is in the dead-letter queue");
        var headers = (await backEnd.Broker!.PeekAsync("deposits.dead-letter"))[0].GetProperty("properties").GetProperty("headers");
        Assert.Equal("Told to fail.", headers.GetProperty("MT-Fault-Message").GetString());
        Assert.Equal(1, counted);
    }

    private static void Enable(Instrument instrument, MeterListener listener)
    {
        if (instrument.Name == "sparsify.messages.dead_lettered")
            listener.EnableMeasurementEvents(instrument);
    }
}
