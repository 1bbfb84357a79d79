using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Messaging;
using Sparsify.Scanner.Policies.Storing;

namespace Sparsify.Scanner.Alerts;

/// <summary>Says alerts again from time to time; at its start, and when policies were changed, it compares all disks with the thresholds, which may be others now.</summary>
internal sealed class AlertSweeper(IServiceScopeFactory scopes, PolicyBook policies, TimeProvider time, IOptions<ScannerOptions> options, ILogger<AlertSweeper> logger) : BackgroundService
{
    private bool _judged;
    private object? _judgedBy;
    private Guid? _last;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.AlertSweepInterval, time);
        do
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception e) when (DatabaseFailures.IsUnavailable(e) || e is DbUpdateException)
            {
                logger.LogWarning("Alerts could not be looked at ({Reason}); trying again in {Interval}.", e.GetBaseException().Message, options.Value.AlertSweepInterval);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        if (_judged && !ReferenceEquals(_judgedBy, policies.Version))
            _judged = false;
        if (!_judged && _last is null)
            _judgedBy = policies.Version;
        while (!_judged)
        {
            await using var scope = scopes.CreateAsyncScope();
            _last = await scope.ServiceProvider.GetRequiredService<AlertSweep>().JudgeAsync(_last, cancellationToken);
            _judged = _last is null;
        }

        int count;
        do
        {
            await using var scope = scopes.CreateAsyncScope();
            count = await scope.ServiceProvider.GetRequiredService<AlertSweep>().RepeatAsync(cancellationToken);
        }
        while (count == AlertSweep.Batch);
    }
}
