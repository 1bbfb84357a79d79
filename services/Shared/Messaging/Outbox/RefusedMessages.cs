using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Sparsify.Messaging;

/// <summary>Messages of the outbox that the broker does not take while it takes others. They stay, and are tried more and more seldom.</summary>
internal sealed class RefusedMessages(IOptions<OutboxOptions> options, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);
    private readonly Dictionary<long, (int Times, long Until)> _refused = [];

    /// <summary>Those that are not to be tried now.</summary>
    public IReadOnlyList<long> Waiting
    {
        get
        {
            var now = time.GetTimestamp();
            return [.. _refused.Where(r => r.Value.Until > now).Select(r => r.Key)];
        }
    }

    /// <summary>The broker has taken a message, at last.</summary>
    public void Forget(long message) => _refused.Remove(message);

    /// <summary>The broker has refused a message.</summary>
    public void Note(OutboxMessage message, Exception reason)
    {
        var times = _refused.GetValueOrDefault(message.Id).Times + 1;
        var pause = options.Value.SweepInterval * Math.Pow(2, times - 1);
        pause = pause < LongestPause ? pause : LongestPause;
        _refused[message.Id] = (times, time.GetTimestamp() + (long)(pause.TotalSeconds * time.TimestampFrequency));
        logger.LogError(
            reason, "The broker refused message {MessageId} ({MessageType}) to {Destination} {Times} time(s). It stays in the outbox and is tried again in {Pause}; others are sent meanwhile.",
            message.MessageId, message.MessageType, message.Destination, times, pause);
    }
}
