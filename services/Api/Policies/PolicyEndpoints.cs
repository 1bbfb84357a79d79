using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Sparsify.Api.Operations;
using Sparsify.Api.Paging;
using Sparsify.Api.Problems;
using Sparsify.Api.ReadModel;
using Sparsify.Contracts;

namespace Sparsify.Api.Policies;

/// <summary>The rules by which disks are sparsified. The Scanner keeps them; what it has told is read here.</summary>
internal static class PolicyEndpoints
{
    private const string Address = "/policies/{id:guid}";

    public static void MapPolicies(this RouteGroupBuilder api)
    {
        api.MapGet("/policies", ListAsync).WithName("ListPolicies").WithSummary("Policies by name, in pages; name finds one.");
        api.MapGet(Address, GetAsync).WithName("GetPolicy").WithSummary("One policy, with its ETag.").Produces<PolicyView>().ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPost("/policies", CreateAsync).WithName("CreatePolicy").WithSummary("Makes a policy.").Accepts<Policy>("application/json")
            .Produces<PolicyView>(StatusCodes.Status201Created).Refuses(StatusCodes.Status400BadRequest, StatusCodes.Status409Conflict);
        api.MapPut(Address, ReplaceAsync).WithName("ReplacePolicy").WithSummary("Changes a policy as a whole; If-Match says which revision is meant.").Accepts<Policy>("application/json")
            .Produces<PolicyView>().Refuses(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status412PreconditionFailed, StatusCodes.Status428PreconditionRequired);
        api.MapDelete(Address, DeleteAsync).WithName("DeletePolicy").WithSummary("Forgets a policy; If-Match says which revision is meant. A run that goes on starts nothing more.")
            .Produces(StatusCodes.Status204NoContent).Refuses(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status412PreconditionFailed, StatusCodes.Status428PreconditionRequired);
        api.MapPost($"{Address}/preview", PreviewAsync).WithName("PreviewPolicy").WithSummary("Which disks the policy would take now, how much they would give back, and why it passes the others over.")
            .Produces<PolicyPreviewed>().Refuses(StatusCodes.Status404NotFound);
        api.MapPost($"{Address}/run", RunAsync).WithName("RunPolicy").WithSummary("Runs the policy now.")
            .Produces<PolicyRunView>(StatusCodes.Status202Accepted).Refuses(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
    }

    private static async Task<Page<PolicyView>> ListAsync(ApiDbContext db, int? limit, string? after, string? name, CancellationToken cancellationToken)
    {
        var size = Cursor.Limit(limit);
        var policies = db.Policies.AsNoTracking().Where(p => !p.Removed);
        if (Cursor.Read(after) is { } start)
            policies = policies.Where(p => string.Compare(p.SortKey, start) > 0);
        if (name is not null)
            policies = policies.Where(p => p.Name == name);
        return Cursor.Page(await policies.OrderBy(p => p.SortKey).Take(size + 1).ToListAsync(cancellationToken), size, p => p.SortKey, PolicyView.Of);
    }

    private static async Task<IResult> GetAsync(ApiDbContext db, HttpResponse response, Guid id, CancellationToken cancellationToken) =>
        await db.Policies.AsNoTracking().SingleOrDefaultAsync(p => p.Id == id && !p.Removed, cancellationToken) is { } policy
            ? Answer(response, policy.Snapshot)
            : PolicyRefusal.NotFound(id);

    private static async Task<IResult> CreateAsync(PolicyRequests scanner, PolicyReading reading, HttpResponse response, TimeProvider time, PolicyBody body, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7(time.GetUtcNow());
        var (stored, refused) = await scanner.AskAsync<StorePolicy, PolicyStored>(new StorePolicy { PolicyId = id, Policy = body.Policy }, cancellationToken);
        if (refused is not null)
            return PolicyRefusal.Of(refused);
        await reading.ApplyAsync(stored!.Policy, CancellationToken.None);
        response.Headers.ETag = IfMatch.ETag(stored.Policy.Revision);
        return TypedResults.Created($"/api/v1/policies/{id}", PolicyView.Of(stored.Policy));
    }

    private static async Task<IResult> ReplaceAsync(PolicyRequests scanner, PolicyReading reading, HttpContext context, Guid id, PolicyBody body, CancellationToken cancellationToken)
    {
        if (IfMatch.Revision(context.Request) is not { } revision)
            return IfMatch.Missing();
        var (stored, refused) = await scanner.AskAsync<StorePolicy, PolicyStored>(new StorePolicy { PolicyId = id, ExpectedRevision = revision, Policy = body.Policy }, cancellationToken);
        if (refused is not null)
            return PolicyRefusal.Of(refused);
        await reading.ApplyAsync(stored!.Policy, CancellationToken.None);
        return Answer(context.Response, stored.Policy);
    }

    private static async Task<IResult> DeleteAsync(PolicyRequests scanner, PolicyReading reading, HttpRequest request, Guid id, CancellationToken cancellationToken)
    {
        if (IfMatch.Revision(request) is not { } revision)
            return IfMatch.Missing();
        var (removed, refused) = await scanner.AskAsync<RemovePolicy, PolicyRemoved>(new RemovePolicy { PolicyId = id, ExpectedRevision = revision }, cancellationToken);
        if (refused is not null)
            return PolicyRefusal.Of(refused);
        await reading.ApplyAsync(removed!.Policy, CancellationToken.None);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> PreviewAsync(PolicyRequests scanner, Guid id, CancellationToken cancellationToken)
    {
        var (preview, refused) = await scanner.AskAsync<PreviewPolicy, PolicyPreviewed>(new PreviewPolicy { PolicyId = id }, cancellationToken);
        return refused is null ? TypedResults.Ok(preview) : PolicyRefusal.Of(refused);
    }

    private static async Task<IResult> RunAsync(PolicyRequests scanner, PolicyReading reading, Guid id, RunPolicyBody? body, CancellationToken cancellationToken)
    {
        RequestedBy.Check(body?.RequestedBy);
        var (started, refused) = await scanner.AskAsync<RunPolicy, PolicyRunStarted>(new RunPolicy { PolicyId = id, RequestedBy = body?.RequestedBy }, cancellationToken);
        if (refused is not null)
            return PolicyRefusal.Of(refused);
        await reading.ApplyAsync(started!.Run, CancellationToken.None);
        return TypedResults.Accepted($"/api/v1/policies/{id}/runs/{started.Run.RunId}", PolicyRunView.Of(started.Run));
    }

    private static Ok<PolicyView> Answer(HttpResponse response, PolicyChanged policy)
    {
        response.Headers.ETag = IfMatch.ETag(policy.Revision);
        return TypedResults.Ok(PolicyView.Of(policy));
    }

    private static void Refuses(this RouteHandlerBuilder endpoint, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
            endpoint.ProducesProblem(status);
        endpoint.ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }
}
