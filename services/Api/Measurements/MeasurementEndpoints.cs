using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Sparsify.Api.Paging;
using Sparsify.Api.Problems;
using Sparsify.Api.ReadModel;

namespace Sparsify.Api.Measurements;

/// <summary>How the figures of a disk have changed over the days.</summary>
internal static class MeasurementEndpoints
{
    private const string DayFormat = "yyyy-MM-dd";

    public static void MapMeasurements(this RouteGroupBuilder api) =>
        api.MapGet("/disks/{id:guid}/measurements", ListAsync).WithName("ListMeasurements").WithSummary("The last measurement of a disk on each day, newest first, in pages.").ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<Page<MeasurementView>>, ProblemHttpResult>> ListAsync(ApiDbContext db, Guid id, int? limit, string? after, CancellationToken cancellationToken)
    {
        var size = Cursor.Limit(limit);
        var measurements = db.Measurements.AsNoTracking().Where(m => m.DiskId == id);
        if (Cursor.Read(after) is { } start)
        {
            if (!DateOnly.TryParseExact(start, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
                throw new InvalidRequestException("after", "is not a value of 'next' of this listing.");
            measurements = measurements.Where(m => m.Day < day);
        }

        if (!await db.Disks.AnyAsync(d => d.Id == id && !d.Removed, cancellationToken))
            return Problem.DiskNotFound(id);
        var rows = await measurements.OrderByDescending(m => m.Day).Take(size + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(Cursor.Page(rows, size, m => m.Day.ToString(DayFormat, CultureInfo.InvariantCulture), MeasurementView.Of));
    }
}
