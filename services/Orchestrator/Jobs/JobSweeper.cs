using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator.Jobs;

/// <summary>
/// Does what no message triggers: ends leases that ran out, offers waiting jobs again, and says when no host
/// reaches their storage domain. Several replicas may run; each step is decided by one statement.
/// </summary>
internal sealed class JobSweeper(IServiceScopeFactory scopes, TimeProvider time, IOptions<OrchestratorOptions> options, ILogger<JobSweeper> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.SweepInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<JobSweep>().RunAsync(stoppingToken);
            }
            catch (Exception e) when (DatabaseFailures.IsUnavailable(e) || e is DbUpdateException)
            {
                logger.LogWarning("Leases and waiting jobs could not be looked at ({Reason}); trying again in {Interval}.", e.GetBaseException().Message, options.Value.SweepInterval);
            }
        }
    }
}
