using MassTransit;
using Microsoft.Extensions.Options;
using Sparsify.Messaging.Tests.Model;
using Xunit;

namespace Sparsify.Messaging.Tests;

public sealed class OutboxSenderTests
{
    [Fact]
    public async Task A_message_that_the_broker_never_confirms_is_given_up_so_that_it_holds_no_other_up()
    {
        var options = new OutboxOptions { SendLimit = TimeSpan.FromSeconds(1) };
        var sender = new OutboxSender<TestDbContext>(DeafBroker.Bus, Options.Create(new TransportOptions()), Options.Create(options), TimeProvider.System);
        var message = new OutboxMessage { MessageId = Guid.NewGuid(), Destination = "queue:deaf", ContentType = "application/json", MessageType = "urn:message:deaf", Body = "{}" };
        var sending = sender.SendAsync([message], TestContext.Current.CancellationToken);
        Assert.Same(sending, await Task.WhenAny(sending, Task.Delay(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)));
        var fault = await Assert.ThrowsAsync<MassTransitException>(() => sending);
        Assert.Contains($"{message.MessageId}", fault.Message, StringComparison.Ordinal);
    }
}
