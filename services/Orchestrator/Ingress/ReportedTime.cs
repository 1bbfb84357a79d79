namespace Sparsify.Orchestrator.Ingress;

/// <summary>When something was reported: later reports win, and clocks of hosts and upstream systems may be wrong.</summary>
internal static class ReportedTime
{
    /// <summary>Nothing is reported from the future: a host whose clock was ahead for a while would not be believed until that time had come.</summary>
    public static DateTimeOffset NotAhead(this DateTimeOffset told, TimeProvider time)
    {
        var now = time.GetUtcNow();
        return told > now ? now : told;
    }
}
