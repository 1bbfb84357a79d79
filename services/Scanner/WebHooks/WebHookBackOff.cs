namespace Sparsify.Scanner.WebHooks;

/// <summary>How long a delivery waits after a try that failed.</summary>
internal static class WebHookBackOff
{
    private const double Jitter = 0.5;

    /// <summary>A wait that doubles with each try and is a little longer at random, so that many that failed together do not come back together; longer when the answer asked for that.</summary>
    /// <param name="hook">Its limits.</param>
    /// <param name="attempts">Tries so far, at least one.</param>
    /// <param name="retryAfter">What the answer asked for.</param>
    /// <param name="random">The chance.</param>
    public static TimeSpan Wait(WebHookOptions hook, int attempts, TimeSpan? retryAfter, Random random)
    {
        var doubled = Math.Min(hook.RetryDelay.TotalSeconds * Math.Pow(2, attempts - 1), hook.LongestRetryDelay.TotalSeconds);
        var wait = TimeSpan.FromSeconds(doubled * (1 + (random.NextDouble() * Jitter)));
        return Bounded(hook, retryAfter) is { } asked && asked > wait ? asked : wait;
    }

    /// <summary>As long as an answer may have it wait.</summary>
    public static TimeSpan? Bounded(WebHookOptions hook, TimeSpan? retryAfter) => retryAfter > hook.LongestRetryDelay ? hook.LongestRetryDelay : retryAfter;

    /// <summary>No wait is longer.</summary>
    public static TimeSpan Longest(WebHookOptions hook) => hook.LongestRetryDelay * (1 + Jitter);
}
