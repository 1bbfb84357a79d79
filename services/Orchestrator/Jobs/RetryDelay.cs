using Microsoft.Extensions.Options;

namespace Sparsify.Orchestrator.Jobs;

/// <summary>When a job that failed may be claimed again.</summary>
internal sealed class RetryDelay(TimeProvider time, Random random, IOptions<OrchestratorOptions> options)
{
    private const double Jitter = 0.5;

    /// <summary>After a wait that doubles with each failure and is a little longer at random, so that many that failed together do not come back together.</summary>
    public DateTimeOffset Next(int failures)
    {
        if (failures == 0)
            return time.GetUtcNow();
        var seconds = Math.Min(options.Value.RetryDelay.TotalSeconds * Math.Pow(2, failures - 1), options.Value.LongestRetryDelay.TotalSeconds);
        return time.GetUtcNow() + TimeSpan.FromSeconds(seconds * (1 + (random.NextDouble() * Jitter)));
    }

    /// <summary>A job that is to wait until after this was given its time by a clock that has been put back since, and has waited enough.</summary>
    public DateTimeOffset Latest => time.GetUtcNow() + (options.Value.LongestRetryDelay * (1 + Jitter));
}
