using System.Collections.Concurrent;
using MassTransit;

namespace Sparsify.Platform.Tests.Hosting;

/// <summary>Messages as they came, each once: an outbox on a busy machine sends one again, with the id that it had.</summary>
internal sealed class MessageLog
{
    private readonly ConcurrentQueue<object> _messages = new();
    private readonly ConcurrentDictionary<Guid, bool> _ids = new();

    public IEnumerable<T> Of<T>() => _messages.OfType<T>();

    public void Add<T>(ConsumeContext<T> context)
        where T : class
    {
        if (context.MessageId is not { } id || _ids.TryAdd(id, true))
            _messages.Enqueue(context.Message);
    }
}
