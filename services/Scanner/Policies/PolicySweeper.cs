using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Messaging;
using Sparsify.Scanner.Policies.Storing;
using Sparsify.Scanner.Storage;

namespace Sparsify.Scanner.Policies;

/// <summary>Looks from time to time which policies are due and which runs can go on. What it misses in one look it finds in the next.</summary>
internal sealed class PolicySweeper(IServiceScopeFactory scopes, PolicyBook policies, TimeProvider time, IOptions<ScannerOptions> options, ILogger<PolicySweeper> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.PolicySweepInterval, time);
        do
        {
            await TryAsync("Policies", async services => await policies.RefreshAsync(services.GetRequiredService<ScannerDbContext>(), stoppingToken));
            await EachAsync(sweep => sweep.DueAsync(stoppingToken), (sweep, id) => sweep.StartDueAsync(id, stoppingToken), "Policy");
            await EachAsync(sweep => sweep.WithEventsAsync(stoppingToken), (sweep, id) => sweep.StartForEventsAsync(id, stoppingToken), "Policy");
            await EachAsync(sweep => sweep.RunningAsync(stoppingToken), (sweep, id) => sweep.AdvanceAsync(id, stoppingToken), "Run");
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task EachAsync(Func<PolicySweep, Task<IReadOnlyList<Guid>>> list, Func<PolicySweep, Guid, Task> work, string what)
    {
        IReadOnlyList<Guid> ids = [];
        await TryAsync($"{what}s", async services => ids = await list(services.GetRequiredService<PolicySweep>()));
        // One that fails does not keep the others from their turn.
        foreach (var id in ids)
            await TryAsync($"{what} {id}", services => work(services.GetRequiredService<PolicySweep>(), id));
    }

    private async Task TryAsync(string what, Func<IServiceProvider, Task> work)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await work(scope.ServiceProvider);
        }
        catch (Exception e) when (DatabaseFailures.IsUnavailable(e) || e is DbUpdateException or TimeZoneNotFoundException or InvalidTimeZoneException)
        {
            logger.LogWarning("{What} could not be looked at ({Reason}); trying again in {Interval}.", what, e.GetBaseException().Message, options.Value.PolicySweepInterval);
        }
    }
}
