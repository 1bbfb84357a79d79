using Microsoft.Extensions.Options;

namespace Sparsify.Scanner.WebHooks;

/// <summary>Sends events to all web hooks, to each by itself: one that hangs holds up no other.</summary>
internal sealed class WebHookService(IServiceScopeFactory scopes, IOptions<ScannerOptions> options, TimeProvider time, ILogger<WebHookSender> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var ended in Task.WhenEach(options.Value.WebHooks.Select(hook => RunAsync(hook.Key, hook.Value, stoppingToken))))
            await ended;
    }

    private async Task RunAsync(string name, WebHookOptions hook, CancellationToken stoppingToken)
    {
        using var sender = new WebHookSender(name, hook, options.Value.WebHookSweepInterval, scopes, time, logger);
        await sender.RunAsync(stoppingToken);
    }
}
