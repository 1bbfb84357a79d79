using System.Collections.Concurrent;
using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Sparsify.Chaos.Upstream;

/// <summary>A VM manager, say: publishes plain JSON, and keeps every event that it hears, over restarts of the broker.</summary>
public sealed class UpstreamSystem : IAsyncDisposable
{
    /// <summary>Its queue.</summary>
    public const string Queue = "chaos-upstream";

    private static readonly string[] Events =
        ["SparsifyDiskAccepted", "SparsifyDiskRejected", "SparsifyDiskSkipped", "SparsifyDiskCompleted", "SparsifyDiskFailed", "SparsifyDiskCanceled", "SparsifyDiskNeedsAttention", "DiskRepaired", "DiskUnlocked", "OperationChanged"];

    private readonly ConcurrentDictionary<Guid, Heard> _heard = new();
    private readonly ConnectionFactory _factory;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _listening;

    /// <summary>Begins to listen.</summary>
    public UpstreamSystem(Uri broker)
    {
        _factory = new ConnectionFactory { Uri = broker, AutomaticRecoveryEnabled = false };
        _listening = ListenAsync();
    }

    /// <summary>Everything heard so far, repetitions left out.</summary>
    public IEnumerable<Heard> Heard => _heard.Values;

    /// <summary>Publishes a message, again and again until the broker has confirmed it.</summary>
    public async Task PublishAsync(string type, object message)
    {
        while (true)
        {
            try
            {
                await using var connection = await _factory.CreateConnectionAsync();
                await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
                await channel.BasicPublishAsync(Exchange(type), "", mandatory: true, new BasicProperties { ContentType = "application/json", Persistent = true }, JsonSerializer.SerializeToUtf8Bytes(message, JsonSerializerOptions.Web));
                return;
            }
            catch (Exception e) when (e is RabbitMQClientException or IOException or OperationCanceledException or TimeoutException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200));
            }
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _listening;
        _end.Dispose();
    }

    private static string Exchange(string type) => $"Sparsify.Contracts:{type}";

    private async Task ListenAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                await using var connection = await _factory.CreateConnectionAsync(_end.Token);
                await using var channel = await connection.CreateChannelAsync(cancellationToken: _end.Token);
                await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: _end.Token);
                foreach (var type in Events)
                {
                    await channel.ExchangeDeclareAsync(Exchange(type), ExchangeType.Fanout, durable: true, cancellationToken: _end.Token);
                    await channel.QueueBindAsync(Queue, Exchange(type), "", cancellationToken: _end.Token);
                }

                var consumer = new AsyncEventingBasicConsumer(channel);
                consumer.ReceivedAsync += (_, delivery) =>
                {
                    Keep(delivery);
                    return channel.BasicAckAsync(delivery.DeliveryTag, multiple: false).AsTask();
                };
                await channel.BasicConsumeAsync(Queue, autoAck: false, consumer, cancellationToken: _end.Token);
                while (channel.IsOpen)
                    await Task.Delay(TimeSpan.FromMilliseconds(100), _end.Token);
            }
            catch (Exception e) when (e is RabbitMQClientException or IOException or OperationCanceledException or TimeoutException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200));
            }
        }
    }

    private void Keep(BasicDeliverEventArgs delivery)
    {
        var envelope = JsonSerializer.Deserialize<JsonElement>(delivery.Body.Span);
        var id = envelope.GetProperty("messageId").GetGuid();
        _heard.TryAdd(id, new Heard(delivery.Exchange.Split(':')[^1], id, envelope.GetProperty("message").Clone()));
    }
}
