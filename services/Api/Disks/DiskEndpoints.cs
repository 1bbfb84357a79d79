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
        api.MapGet("/disks", ListAsync).WithName("ListDisks").WithSummary("Disks by storage domain and path, filtered and in pages.");
        api.MapGet("/disks/{id:guid}", GetAsync).WithName("GetDisk").WithSummary("One disk.").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Page<DiskView>> ListAsync(ApiDbContext db, int? limit, string? after, string? storageDomain, bool? eligible, string? search, CancellationToken cancellationToken)
    {
        var size = Cursor.Limit(limit);
        var disks = db.Disks.AsNoTracking().Where(d => !d.Removed);
        if (Cursor.Read(after) is { } start)
            disks = disks.Where(d => string.Compare(d.SortKey, start) > 0);
        if (storageDomain is not null)
            disks = disks.Where(d => d.StorageDomain == storageDomain);
        if (eligible is not null)
            disks = disks.Where(d => d.Eligible == eligible);
        if (search?.Length > MaximumSearch)
            throw new InvalidRequestException("search", $"has {search.Length} characters; at most {MaximumSearch} are allowed.");
        if (search?.ToLowerInvariant() is { Length: > 0 } wanted)
            disks = disks.Where(d => d.SearchText.Contains(wanted));
        return Cursor.Page(await disks.OrderBy(d => d.SortKey).Take(size + 1).ToListAsync(cancellationToken), size, d => d.SortKey, DiskView.Of);
    }

    private static async Task<Results<Ok<DiskView>, ProblemHttpResult>> GetAsync(ApiDbContext db, Guid id, CancellationToken cancellationToken) =>
        await db.Disks.AsNoTracking().SingleOrDefaultAsync(d => d.Id == id && !d.Removed, cancellationToken) is { } disk
            ? TypedResults.Ok(DiskView.Of(disk))
            : Problem.DiskNotFound(id);
}
