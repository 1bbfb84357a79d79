using System.Runtime.CompilerServices;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using Sparsify.Chaos.Fleet;

namespace Sparsify.Chaos.Faults;

/// <summary>Messages for one endpoint go a long way round: each waits for a time of its own, so that they overtake each other, and some come twice.</summary>
/// <param name="At">When.</param>
/// <param name="Lasting">How long.</param>
/// <param name="Queue">The endpoint.</param>
/// <param name="Seed">Decides the waits.</param>
public sealed record QueueDetoured(TimeSpan At, TimeSpan Lasting, string Queue, int Seed) : Fault(At, Lasting)
{
    private const double Twice = 0.3;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2.5);

    /// <inheritdoc />
    public override async Task HappenAsync(ChaosFleet fleet)
    {
        var detour = $"chaos-detour-{Queue}";
        var random = new Random(Seed);
        var end = DateTime.UtcNow + Lasting;
        // The broker may go away meanwhile; what waits in the detour is never lost.
        while (!await TryDetourAsync(fleet, detour, random, end))
            await Task.Delay(TimeSpan.FromMilliseconds(300));
    }

    /// <inheritdoc />
    public override string ToString() => $"messages for {Queue} come late, in another order, and some twice";

    private async Task<bool> TryDetourAsync(ChaosFleet fleet, string detour, Random random, DateTime end)
    {
        try
        {
            var factory = new ConnectionFactory { Uri = fleet.RabbitMq.Address, AutomaticRecoveryEnabled = false };
            await using var connection = await factory.CreateConnectionAsync();
            await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
            await channel.QueueDeclareAsync(detour, durable: true, exclusive: false, autoDelete: false);
            await channel.QueueBindAsync(detour, Queue, "");
            await channel.QueueUnbindAsync(Queue, Queue, "");
            var onTheirWay = new StrongBox<int>();
            var consumer = new AsyncEventingBasicConsumer(channel);
            consumer.ReceivedAsync += (_, delivery) =>
            {
                var waits = Enumerable.Range(0, random.NextDouble() < Twice ? 2 : 1).Select(_ => LongestWait * random.NextDouble()).ToList();
                Interlocked.Increment(ref onTheirWay.Value);
                _ = ForwardAsync(channel, delivery.DeliveryTag, new BasicProperties(delivery.BasicProperties), delivery.Body.ToArray(), waits, onTheirWay);
                return Task.CompletedTask;
            };
            await channel.BasicConsumeAsync(detour, autoAck: false, consumer);
            while (DateTime.UtcNow < end && channel.IsOpen)
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            await channel.QueueBindAsync(Queue, Queue, "");
            await channel.QueueUnbindAsync(detour, Queue, "");
            while (channel.IsOpen && (await channel.MessageCountAsync(detour) > 0 || Volatile.Read(ref onTheirWay.Value) > 0))
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            await channel.QueueDeleteAsync(detour);
            return true;
        }
        catch (Exception e) when (e is RabbitMQClientException or IOException or OperationCanceledException or TimeoutException)
        {
            return false;
        }
    }

    private async Task ForwardAsync(IChannel channel, ulong tag, BasicProperties properties, byte[] body, List<TimeSpan> waits, StrongBox<int> onTheirWay)
    {
        try
        {
            await Task.WhenAll(waits.Select(async wait =>
            {
                await Task.Delay(wait);
                await channel.BasicPublishAsync("", Queue, mandatory: true, properties, body);
            }));
            await channel.BasicAckAsync(tag, multiple: false);
        }
        catch (Exception e) when (e is RabbitMQClientException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Not acknowledged: it is in the detour still.
        }
        finally
        {
            Interlocked.Decrement(ref onTheirWay.Value);
        }
    }
}
