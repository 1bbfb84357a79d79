using Sparsify.Chaos.Fleet;

namespace Sparsify.Chaos.Faults;

/// <summary>A host is drained, and put back to work.</summary>
public sealed record HostDrained(TimeSpan At, TimeSpan Lasting, string Host) : Fault(At, Lasting)
{
    /// <inheritdoc />
    public override async Task HappenAsync(ChaosFleet fleet)
    {
        await AskAsync(fleet, "drain");
        await Task.Delay(Lasting);
        // Asked until it is answered: a host that stays drained would not be a fault but a decision.
        while (!await AskAsync(fleet, "resume"))
            await Task.Delay(TimeSpan.FromMilliseconds(300));
    }

    /// <inheritdoc />
    public override string ToString() => $"drain of {Host}";

    private async Task<bool> AskAsync(ChaosFleet fleet, string what)
    {
        try
        {
            using var answer = await fleet.Client.Http.PostAsync(new Uri($"/api/v1/hosts/{Host}/{what}", UriKind.Relative), null);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }
}
