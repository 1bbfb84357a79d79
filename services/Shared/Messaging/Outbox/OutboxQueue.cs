using System.Threading.Channels;

namespace Sparsify.Messaging;

/// <summary>Committed messages on their way from a scope that has ended to the sender.</summary>
internal sealed class OutboxQueue<TDbContext>
{
    private readonly Channel<IReadOnlyList<OutboxMessage>> _committed = Channel.CreateUnbounded<IReadOnlyList<OutboxMessage>>();

    public void Add(IReadOnlyList<OutboxMessage> messages) => _committed.Writer.TryWrite(messages);

    public IAsyncEnumerable<IReadOnlyList<OutboxMessage>> ReadAllAsync(CancellationToken cancellationToken) =>
        _committed.Reader.ReadAllAsync(cancellationToken);
}
