using MassTransit;
using Microsoft.Extensions.Time.Testing;
using Sparsify.Messaging.Tests.Model;
using Xunit;

namespace Sparsify.Messaging.Tests;

public sealed class BrokerConfirmationTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task What_the_broker_never_confirms_is_given_up_and_named()
    {
        var telling = DeafBroker.Bus.TellAsync(new Version(1, 2), _time, TestContext.Current.CancellationToken);
        _time.Advance(BrokerConfirmation.Limit - TimeSpan.FromMilliseconds(1));
        Assert.False(telling.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var fault = await Assert.ThrowsAsync<MassTransitException>(() => telling);
        Assert.Equal("The broker did not confirm Version within 00:00:30.", fault.Message);
    }

    [Fact]
    public async Task Whoever_gives_up_first_is_not_told_of_a_broker()
    {
        using var stop = new CancellationTokenSource();
        var telling = DeafBroker.Bus.TellAsync(new Version(1, 2), _time, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => telling);
    }
}
