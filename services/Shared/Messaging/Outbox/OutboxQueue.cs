using System.Threading.Channels;

namespace Sparsify.Messaging;

/// <summary>What is on its way out of the outbox in this process.</summary>
internal sealed class OutboxQueue<TDbContext>
{
    private readonly Channel<IReadOnlyList<OutboxMessage>> _committed = Channel.CreateUnbounded<IReadOnlyList<OutboxMessage>>();
    private readonly Channel<IReadOnlyList<long>> _sent = Channel.CreateUnbounded<IReadOnlyList<long>>();

    /// <summary>Messages of a scope that has ended, for the sender.</summary>
    public void Add(IReadOnlyList<OutboxMessage> messages) => _committed.Writer.TryWrite(messages);

    public IAsyncEnumerable<IReadOnlyList<OutboxMessage>> ReadAllAsync(CancellationToken cancellationToken) =>
        _committed.Reader.ReadAllAsync(cancellationToken);

    /// <summary>Messages that the broker has taken: their rows may go.</summary>
    public void AddSent(IReadOnlyList<long> ids) => _sent.Writer.TryWrite(ids);

    /// <summary>Waits for some that were sent.</summary>
    /// <param name="pause">How long more are waited for, so that many go in one statement.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<long>> ReadSentAsync(TimeSpan pause, TimeProvider time, CancellationToken cancellationToken)
    {
        await _sent.Reader.WaitToReadAsync(cancellationToken);
        await Task.Delay(pause, time, cancellationToken);
        return TakeSent();
    }

    /// <summary>Those that were sent and have not been read.</summary>
    public IReadOnlyList<long> TakeSent()
    {
        var sent = new List<long>();
        while (_sent.Reader.TryRead(out var ids))
            sent.AddRange(ids);
        return sent;
    }
}
