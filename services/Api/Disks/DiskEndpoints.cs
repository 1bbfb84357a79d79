using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Sparsify.Api.Paging;
using Sparsify.Api.Problems;
using Sparsify.Api.ReadModel;

namespace Sparsify.Api.Disks;

/// <summary>What is known of disks.</summary>
internal static class DiskEndpoints
{
    private const int MaximumSearch = 255;

    public static void MapDisks(this RouteGroupBuilder api)
    {
        api.MapGet("/disks", ListAsync).WithName("ListDisks").WithSummary("Disks by storage domain and path, filtered and in pages; those that need sparsifying by what a run would give back, most first.");
        api.MapGet("/disks/{id:guid}", GetAsync).WithName("GetDisk").WithSummary("One disk.").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Page<DiskView>> ListAsync(ApiDbContext db, int? limit, string? after, string? storageDomain, bool? eligible, string? search, bool? needsSparsify, CancellationToken cancellationToken)
    {
        var size = Cursor.Limit(limit);
        var disks = db.Disks.AsNoTracking().Where(d => !d.Removed);
        if (needsSparsify is not null)
            disks = disks.Where(d => db.OpenAlerts.Any(a => a.DiskId == d.Id) == needsSparsify);
        if (storageDomain is not null)
            disks = disks.Where(d => d.StorageDomain == storageDomain);
        if (eligible is not null)
            disks = disks.Where(d => d.Eligible == eligible);
        if (search?.Length > MaximumSearch)
            throw new InvalidRequestException("search", $"has {search.Length} characters; at most {MaximumSearch} are allowed.");
        if (search?.ToLowerInvariant() is { Length: > 0 } wanted)
            disks = disks.Where(d => d.SearchText.Contains(wanted));
        var start = Cursor.Read(after);
        if (needsSparsify == true)
        {
            disks = start is null ? disks : disks.Where(d => string.Compare(d.ReclaimableKey, start) > 0);
            return await PageAsync(db, disks.OrderBy(d => d.ReclaimableKey), size, d => d.ReclaimableKey, cancellationToken);
        }

        disks = start is null ? disks : disks.Where(d => string.Compare(d.SortKey, start) > 0);
        return await PageAsync(db, disks.OrderBy(d => d.SortKey), size, d => d.SortKey, cancellationToken);
    }

    private static async Task<Page<DiskView>> PageAsync(ApiDbContext db, IQueryable<DiskRow> disks, int size, Func<DiskRow, string> key, CancellationToken cancellationToken)
    {
        var rows = await disks.Take(size + 1).ToListAsync(cancellationToken);
        var ids = rows.Select(r => r.Id).ToList();
        var needing = await db.OpenAlerts.Where(a => ids.Contains(a.DiskId)).Select(a => a.DiskId).ToHashSetAsync(cancellationToken);
        return Cursor.Page(rows, size, key, d => DiskView.Of(d) with { NeedsSparsify = needing.Contains(d.Id) });
    }

    private static async Task<Results<Ok<DiskView>, ProblemHttpResult>> GetAsync(ApiDbContext db, Guid id, CancellationToken cancellationToken) =>
        await db.Disks.AsNoTracking().SingleOrDefaultAsync(d => d.Id == id && !d.Removed, cancellationToken) is { } disk
            ? TypedResults.Ok(DiskView.Of(disk) with { NeedsSparsify = await db.OpenAlerts.AnyAsync(a => a.DiskId == id, cancellationToken) })
            : Problem.DiskNotFound(id);
}
