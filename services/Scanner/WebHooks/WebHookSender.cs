using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Sparsify.Messaging;

namespace Sparsify.Scanner.WebHooks;

/// <summary>Sends what is due for one web hook, several at once.</summary>
internal sealed class WebHookSender(string name, WebHookOptions hook, TimeSpan interval, IServiceScopeFactory scopes, TimeProvider time, ILogger<WebHookSender> logger) : IDisposable
{
    private readonly WebHookClient _client = new(hook, time);
    private readonly string _place = hook.Target.GetLeftPart(UriPartial.Authority);
    private readonly KeyValuePair<string, object?> _tag = new("hook", name);
    private long _quietUntil = time.GetTimestamp();
    private int _failing;

    /// <summary>Sends until the service stops; then what is being tried is tried to its end.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        var running = new List<Task>();
        try
        {
            while (true)
            {
                var claimed = await ClaimAsync(hook.Concurrency - running.Count, stoppingToken);
                running.AddRange(claimed.Select(SendAsync));
                if (claimed.Count == 0 || running.Count == hook.Concurrency)
                    await WaitAsync(running, stoppingToken);
                foreach (var ended in running.Where(t => t.IsCompleted).ToList())
                {
                    running.Remove(ended);
                    await ended;
                }
            }
        }
        finally
        {
            await Task.WhenAll(running);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();

    private async Task WaitAsync(List<Task> running, CancellationToken stoppingToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        await Task.WhenAny([Task.Delay(interval, time, over.Token), .. running]);
        await over.CancelAsync();
        stoppingToken.ThrowIfCancellationRequested();
    }

    private async Task<IReadOnlyList<WebHookDelivery>> ClaimAsync(int atMost, CancellationToken cancellationToken)
    {
        if (atMost == 0 || time.GetTimestamp() < Interlocked.Read(ref _quietUntil))
            return [];
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            return await scope.ServiceProvider.GetRequiredService<WebHookClaims>().ClaimAsync(name, hook, atMost, cancellationToken);
        }
        catch (Exception e) when (DatabaseFailures.IsUnavailable(e) || e is DbUpdateException)
        {
            logger.LogWarning("Web hook {Hook} could not be looked after ({Reason}); trying again in {Interval}.", name, e.GetBaseException().Message, interval);
            return [];
        }
    }

    private async Task SendAsync(WebHookDelivery delivery)
    {
        using var activity = ScannerTelemetry.Source.StartActivity("web hook", ActivityKind.Client, delivery.TraceParent);
        activity?.SetTag("sparsify.web_hook", name).SetTag("server.address", hook.Target.Host).SetTag("server.port", hook.Target.Port).SetTag("sparsify.attempt", delivery.Attempts);
        var answer = await _client.PostAsync(delivery.EventId, delivery.Body);
        activity?.SetTag("http.response.status_code", answer.Status).SetStatus(answer.Outcome == WebHookOutcome.Delivered ? ActivityStatusCode.Ok : ActivityStatusCode.Error, answer.Reason);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await RecordAsync(scope.ServiceProvider.GetRequiredService<WebHookClaims>(), delivery, answer);
        }
        catch (Exception e) when (DatabaseFailures.IsUnavailable(e) || e is DbUpdateException)
        {
            logger.LogWarning("What became of event {Event} for web hook {Hook} could not be recorded ({Reason}); it is sent again.", delivery.EventId, name, e.GetBaseException().Message);
        }
    }

    private Task RecordAsync(WebHookClaims claims, WebHookDelivery delivery, WebHookAnswer answer)
    {
        if (answer.Outcome == WebHookOutcome.Delivered)
        {
            ScannerTelemetry.WebHooksDelivered.Add(1, _tag);
            if (Interlocked.Exchange(ref _failing, 0) != 0)
                logger.LogInformation("Web hook {Hook} at {Place} takes events again.", name, _place);
            return claims.DeliveredAsync(delivery);
        }

        ScannerTelemetry.WebHooksFailed.Add(1, _tag);
        if (WebHookBackOff.Bounded(hook, answer.RetryAfter) is { } quiet)
            Interlocked.Exchange(ref _quietUntil, time.GetTimestamp() + (long)(quiet.TotalSeconds * time.TimestampFrequency));
        var dueAt = time.GetUtcNow() + WebHookBackOff.Wait(hook, delivery.Attempts, answer.RetryAfter, Random.Shared);
        if (answer.Outcome == WebHookOutcome.Refused || dueAt > delivery.GiveUpAt)
        {
            ScannerTelemetry.WebHooksDead.Add(1, _tag);
            logger.LogWarning(
                "Event {Event} is given up for web hook {Hook} at {Place} after {Attempts} tries ({Reason}); it stays in the table web_hook_deliveries.", delivery.EventId, name, _place, delivery.Attempts, answer.Reason);
            return claims.DiedAsync(delivery, answer);
        }

        if (Interlocked.Exchange(ref _failing, 1) == 0)
            logger.LogWarning("Web hook {Hook} at {Place} does not take events ({Reason}); they wait and are tried again.", name, _place, answer.Reason);
        return claims.FailedAsync(delivery, answer, dueAt);
    }
}
