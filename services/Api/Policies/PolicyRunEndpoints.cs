using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Sparsify.Api.Paging;
using Sparsify.Api.Problems;
using Sparsify.Api.ReadModel;

namespace Sparsify.Api.Policies;

/// <summary>What the runs of policies have come to.</summary>
internal static class PolicyRunEndpoints
{
    /// <summary>A report may list a thousand disks.</summary>
    private const int DefaultLimit = 10;

    private const int MaximumLimit = 50;

    public static void MapPolicyRuns(this RouteGroupBuilder api)
    {
        api.MapGet("/policies/{id:guid}/runs", ListAsync).WithName("ListPolicyRuns").WithSummary("The reports of a policy's runs, newest first, in pages: what was considered and chosen, what was passed over and why, and what came of each operation.");
        api.MapGet("/policies/{id:guid}/runs/{runId:guid}", GetAsync).WithName("GetPolicyRun").WithSummary("The report of one run.").ProducesProblem(StatusCodes.Status404NotFound);
    }

    /// <summary>Also of a policy that is gone, while the reports are kept.</summary>
    private static async Task<Results<Ok<Page<PolicyRunView>>, ProblemHttpResult>> ListAsync(ApiDbContext db, Guid id, int? limit, string? after, CancellationToken cancellationToken)
    {
        var size = limit ?? DefaultLimit;
        if (size is < 1 or > MaximumLimit)
            throw new InvalidRequestException("limit", $"is {size}; it is 1 to {MaximumLimit}.");
        var runs = db.PolicyRuns.AsNoTracking().Where(r => r.PolicyId == id);
        if (Cursor.Read(after) is { } start)
            runs = runs.Where(r => string.Compare(r.SortKey, start) < 0);
        var rows = await runs.OrderByDescending(r => r.SortKey).Take(size + 1).ToListAsync(cancellationToken);
        return rows.Count > 0 || await db.Policies.AnyAsync(p => p.Id == id, cancellationToken)
            ? TypedResults.Ok(Cursor.Page(rows, size, r => r.SortKey, PolicyRunView.Of))
            : PolicyRefusal.NotFound(id);
    }

    private static async Task<Results<Ok<PolicyRunView>, ProblemHttpResult>> GetAsync(ApiDbContext db, Guid id, Guid runId, CancellationToken cancellationToken) =>
        await db.PolicyRuns.AsNoTracking().SingleOrDefaultAsync(r => r.Id == runId && r.PolicyId == id, cancellationToken) is { } run
            ? TypedResults.Ok(PolicyRunView.Of(run))
            : Problem.Of(StatusCodes.Status404NotFound, ProblemCodes.PolicyRunNotFound, "No such run", $"No run {runId} of a policy with the id {id} is known.");
}
