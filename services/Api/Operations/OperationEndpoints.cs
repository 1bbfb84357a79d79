using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Sparsify.Api.Paging;
using Sparsify.Api.Problems;
using Sparsify.Api.ReadModel;
using Sparsify.Contracts;
using Sparsify.Messaging;

namespace Sparsify.Api.Operations;

/// <summary>What became of requests.</summary>
internal static class OperationEndpoints
{
    public static void MapOperations(this RouteGroupBuilder api)
    {
        api.MapGet("/operations", ListAsync).WithName("ListOperations").WithSummary("Operations, newest first, filtered and in pages.");
        api.MapGet("/operations/{id:guid}", GetAsync).WithName("GetOperation").WithSummary("One operation.").ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/operations/{id:guid}/events", OperationEvents.StreamAsync).WithName("WatchOperation").WithSummary("Server-sent events: the operation now and after each change, until a final state.")
            .Produces<OperationView>(StatusCodes.Status200OK, "text/event-stream").ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPost("/operations/{id:guid}/cancel", CancelAsync).WithName("CancelOperation").WithSummary("Asks for an operation to be canceled; a running step is finished first.")
            .Produces<OperationView>(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        api.MapPost("/operations/{id:guid}/resolve", ResolveAsync).WithName("ResolveOperation").WithSummary("A person's decision about an operation that needs attention: retry, or release the disk.")
            .Produces<OperationView>(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Page<OperationView>> ListAsync(ApiDbContext db, int? limit, string? after, OperationState? state, Guid? diskId, CancellationToken cancellationToken)
    {
        var size = Cursor.Limit(limit);
        var operations = db.Operations.AsNoTracking();
        if (Cursor.Read(after) is { } start)
            operations = operations.Where(o => string.Compare(o.SortKey, start) < 0);
        if (state is not null)
            operations = operations.Where(o => o.State == state);
        if (diskId is not null)
            operations = operations.Where(o => o.DiskId == diskId);
        return Cursor.Page(await operations.OrderByDescending(o => o.SortKey).Take(size + 1).ToListAsync(cancellationToken), size, o => o.SortKey, OperationView.Of);
    }

    private static async Task<Results<Ok<OperationView>, ProblemHttpResult>> GetAsync(ApiDbContext db, Guid id, CancellationToken cancellationToken) =>
        await db.Operations.AsNoTracking().SingleOrDefaultAsync(o => o.Id == id, cancellationToken) is { } operation
            ? TypedResults.Ok(OperationView.Of(operation))
            : Problem.OperationNotFound(id);

    private static async Task<IResult> CancelAsync(ApiDbContext db, IOutbox<ApiDbContext> outbox, Guid id, CancellationToken cancellationToken)
    {
        var operation = await db.Operations.AsNoTracking().SingleOrDefaultAsync(o => o.Id == id, cancellationToken);
        if (operation is null)
            return Problem.OperationNotFound(id);
        if (operation.State.IsFinal())
            return Problem.Of(StatusCodes.Status409Conflict, ProblemCodes.OperationFinal, "The operation is over", $"Operation {id} is {operation.State} and cannot be canceled.", operationId: id);
        if (operation.State == OperationState.NeedsAttention)
            return Problem.Of(StatusCodes.Status409Conflict, ProblemCodes.NeedsDecision, "The operation needs a decision", $"Operation {id} runs nothing that could be canceled: a person decides with /operations/{id}/resolve.", operationId: id);
        return await SendAsync(db, outbox, operation, new CancelSparsifyRequested { OperationId = id }, cancellationToken);
    }

    private static async Task<IResult> ResolveAsync(ApiDbContext db, IOutbox<ApiDbContext> outbox, Guid id, ResolveBody body, CancellationToken cancellationToken)
    {
        RequestedBy.Check(body.RequestedBy);
        var operation = await db.Operations.AsNoTracking().SingleOrDefaultAsync(o => o.Id == id, cancellationToken);
        if (operation is null)
            return Problem.OperationNotFound(id);
        if (operation.State != OperationState.NeedsAttention)
            return Problem.Of(StatusCodes.Status409Conflict, ProblemCodes.NothingToDecide, "Nothing is to be decided", $"Operation {id} is {operation.State}; only one that is {OperationState.NeedsAttention} waits for a person.", operationId: id);
        return await SendAsync(db, outbox, operation, new ResolveSparsifyRequested { OperationId = id, Resolution = body.Resolution, RequestedBy = body.RequestedBy }, cancellationToken);
    }

    private static async Task<IResult> SendAsync<T>(ApiDbContext db, IOutbox<ApiDbContext> outbox, OperationRow operation, T message, CancellationToken cancellationToken)
        where T : class
    {
        await outbox.PublishAloneAsync(db, message, cancellationToken);
        return TypedResults.Accepted($"/api/v1/operations/{operation.Id}", OperationView.Of(operation));
    }
}
