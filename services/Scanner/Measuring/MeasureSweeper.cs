using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Messaging;

namespace Sparsify.Scanner.Measuring;

/// <summary>Asks for the disks that are due, again and again.</summary>
internal sealed class MeasureSweeper(IServiceScopeFactory scopes, TimeProvider time, IOptions<ScannerOptions> options, ILogger<MeasureSweeper> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.MeasureSweepInterval, time);
        do
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception e) when (DatabaseFailures.IsUnavailable(e) || e is DbUpdateException)
            {
                logger.LogWarning("Disks could not be looked through for those to measure ({Reason}); trying again in {Interval}.", e.GetBaseException().Message, options.Value.MeasureSweepInterval);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        string? domain = null;
        while (true)
        {
            await using var scope = scopes.CreateAsyncScope();
            var sweep = scope.ServiceProvider.GetRequiredService<MeasureSweep>();
            if (domain is null && !await sweep.AnyDueAsync(cancellationToken))
                return;
            domain = await sweep.NextDomainAsync(domain, cancellationToken);
            if (domain is null)
                return;
            await sweep.AskAsync(domain, cancellationToken);
        }
    }
}
