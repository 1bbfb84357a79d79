using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Api.Problems;
using Sparsify.Api.ReadModel;

namespace Sparsify.Api.Operations;

/// <summary>Streams an operation's changes. Source: HTML, "Server-sent events".</summary>
internal static class OperationEvents
{
    private const string Changed = "operation";
    private const string KeepAlive = "keep-alive";

    public static async Task<IResult> StreamAsync(ApiDbContext db, IServiceScopeFactory scopes, OperationSignals signals, IOptions<ApiOptions> options, TimeProvider time, Guid id, CancellationToken cancellationToken) =>
        await db.Operations.AnyAsync(o => o.Id == id, cancellationToken)
            ? TypedResults.ServerSentEvents(ReadAsync(scopes, signals, options.Value.KeepAliveInterval, time, id, cancellationToken))
            : Problem.OperationNotFound(id);

    private static async IAsyncEnumerable<SseItem<OperationView>> ReadAsync(
        IServiceScopeFactory scopes, OperationSignals signals, TimeSpan keepAlive, TimeProvider time, Guid id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var mark = "";
        var (sentAt, changedAt) = (time.GetTimestamp(), time.GetTimestamp());
        while (true)
        {
            var next = signals.Next(id);
            var row = await FindAsync(scopes, id, cancellationToken);
            if (row.Mark != mark || time.GetElapsedTime(sentAt) >= keepAlive)
            {
                yield return new SseItem<OperationView>(OperationView.Of(row), row.Mark != mark ? Changed : KeepAlive) { EventId = row.Mark };
                sentAt = time.GetTimestamp();
                if (row.Mark != mark)
                    (mark, changedAt) = (row.Mark, sentAt);
            }

            if (row.State.IsFinal())
            {
                signals.Raise(id); // nothing else will, and what waits would be kept for ever
                yield break;
            }

            await signals.WaitAsync(next, time.GetElapsedTime(changedAt), cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>A scope for each look: the stream may live for hours and must not hold a connection.</summary>
    private static async Task<OperationRow> FindAsync(IServiceScopeFactory scopes, Guid id, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ApiDbContext>().Operations.AsNoTracking().SingleAsync(o => o.Id == id, cancellationToken);
    }
}
