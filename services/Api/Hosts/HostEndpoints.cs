using Microsoft.EntityFrameworkCore;
using Sparsify.Api.Paging;
using Sparsify.Api.Problems;
using Sparsify.Api.ReadModel;
using Sparsify.Contracts;
using Sparsify.Messaging;

namespace Sparsify.Api.Hosts;

/// <summary>Which hosts live and what they can do.</summary>
internal static class HostEndpoints
{
    public static void MapHosts(this RouteGroupBuilder api)
    {
        api.MapGet("/hosts", ListAsync).WithName("ListHosts").WithSummary("All hosts by name.");
        api.MapPost("/hosts/{name}/drain", (ApiDbContext db, IOutbox<ApiDbContext> outbox, TimeProvider time, string name, CancellationToken cancellationToken) => DrainAsync(db, outbox, time, name, true, cancellationToken))
            .WithName("DrainHost").WithSummary("Takes a host out of work; what it runs it ends by itself.")
            .Produces<HostView>(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        api.MapPost("/hosts/{name}/resume", (ApiDbContext db, IOutbox<ApiDbContext> outbox, TimeProvider time, string name, CancellationToken cancellationToken) => DrainAsync(db, outbox, time, name, false, cancellationToken))
            .WithName("ResumeHost").WithSummary("Puts a drained host back to work.")
            .Produces<HostView>(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<IResult> DrainAsync(ApiDbContext db, IOutbox<ApiDbContext> outbox, TimeProvider time, string name, bool draining, CancellationToken cancellationToken)
    {
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        await db.SerialiseAsync(cancellationToken, $"host {name}");
        if (await db.Hosts.SingleOrDefaultAsync(h => h.Name == name, cancellationToken) is not { } host)
            return Problem.Of(StatusCodes.Status404NotFound, ProblemCodes.HostNotFound, "No such host", "No host of that name has been heard of. GET /hosts lists them.");
        var now = time.GetUtcNow();
        // Not less than the clock, so that the numbers go on where the row was forgotten and is begun anew.
        host.DrainRevision = Math.Max(host.DrainRevision + 1, now.ToUnixTimeMilliseconds());
        await outbox.Publish(new HostDrainRequested { Host = name, Draining = draining, Revision = host.DrainRevision }, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return TypedResults.Accepted("/api/v1/hosts", View(host, draining, now));
    }

    private static async Task<Page<HostView>> ListAsync(ApiDbContext db, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return new Page<HostView>([.. (await db.Hosts.AsNoTracking().OrderBy(h => h.Name).ToListAsync(cancellationToken)).Select(h => View(h, h.Draining, now))], Next: null);
    }

    private static HostView View(HostRow row, bool draining, DateTimeOffset now)
    {
        var heartbeat = row.Heartbeat;
        return new HostView(
            row.Name, row.ReceivedAt + heartbeat.TimeToLive > now, heartbeat.Slots, heartbeat.RunningJobs, heartbeat.StorageDomains, heartbeat.Capabilities, heartbeat.NotClaimingBecause ?? (draining ? "It is drained." : null), draining, row.ReceivedAt);
    }
}
