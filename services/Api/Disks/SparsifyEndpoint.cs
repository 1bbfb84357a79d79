using System.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Api.Operations;
using Sparsify.Api.Problems;
using Sparsify.Api.ReadModel;
using Sparsify.Contracts;
using Sparsify.Messaging;

namespace Sparsify.Api.Disks;

/// <summary>
/// Asks for a disk to be sparsified. The operation and its message are committed together before anything is
/// answered: what was promised survives every crash, and what could not be promised was not started.
/// </summary>
internal sealed class SparsifyEndpoint(ApiDbContext db, IOutbox<ApiDbContext> outbox, OperationSignals signals, VolumeMeasuring measuring, IOptions<ApiOptions> options, TimeProvider time)
{
    public static void Map(RouteGroupBuilder api) =>
        api.MapPost("/disks/{id:guid}/sparsify", ([FromServices] SparsifyEndpoint endpoint, Guid id, SparsifyBody? body, CancellationToken cancellationToken) => endpoint.AnswerAsync(id, body ?? new SparsifyBody(), cancellationToken))
            .WithName("SparsifyDisk").WithSummary("Starts an operation on one disk; the same requestId again gives the same operation.")
            .Produces<OperationView>(StatusCodes.Status202Accepted)
            .Produces<DryRunView>(StatusCodes.Status200OK)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private async Task<IResult> AnswerAsync(Guid diskId, SparsifyBody body, CancellationToken cancellationToken)
    {
        Check(body);
        var disk = await db.Disks.AsNoTracking().SingleOrDefaultAsync(d => d.Id == diskId && !d.Removed, cancellationToken);
        if (body.DryRun)
            return disk is null ? Problem.DiskNotFound(diskId) : TypedResults.Ok(await DryRunAsync(disk, body, cancellationToken));
        var operationId = body.RequestId ?? Guid.CreateVersion7(time.GetUtcNow());
        var known = await FindAsync(operationId, cancellationToken);
        if (known is null)
        {
            if (disk is null)
                return Problem.DiskNotFound(diskId);
            known = await StartAsync(operationId, diskId, body, cancellationToken);
        }

        if (known.DiskId != diskId)
            return Problem.Of(StatusCodes.Status409Conflict, ProblemCodes.RequestIdReused, "The request id is taken", $"The request id {operationId} belongs to an operation on disk {known.DiskId}. Use a new one.", operationId: operationId);
        return Answer(await DecidedAsync(known, cancellationToken));
    }

    private static void Check(SparsifyBody body)
    {
        if (body.RequestId == Guid.Empty)
            throw new InvalidRequestException("requestId", "is the empty UUID.");
        if (body.MinReclaimable < 0)
            throw new InvalidRequestException("minReclaimable", $"{body.MinReclaimable} is negative.");
        RequestedBy.Check(body.RequestedBy);
    }

    private async Task<DryRunView> DryRunAsync(DiskRow disk, SparsifyBody body, CancellationToken cancellationToken)
    {
        var violations = disk.Snapshot.Violations.Where(v => !(body.AllowSnapshots && v.Code == ViolationCodes.HasSnapshots)).ToList();
        var measurement = await measuring.MeasureAsync(disk.Snapshot, cancellationToken) ?? disk.Snapshot.Measurement;
        return new DryRunView(DiskView.Of(disk, measurement), violations.Count == 0, violations, measurement);
    }

    private Task<OperationRow?> FindAsync(Guid operationId, CancellationToken cancellationToken) =>
        db.Operations.AsNoTracking().SingleOrDefaultAsync(o => o.Id == operationId, cancellationToken);

    private async Task<OperationRow> StartAsync(Guid operationId, Guid diskId, SparsifyBody body, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var row = new OperationRow { Id = operationId };
        row.Apply(new OperationChanged
        {
            OperationId = operationId,
            Revision = 0,
            DiskId = diskId,
            State = OperationState.Requested,
            Trigger = OperationTrigger.Manual,
            RequestedBy = body.RequestedBy,
            Priority = body.Priority,
            Attempt = 0,
            TraceId = Activity.Current?.TraceId.ToHexString(),
            CreatedAt = now,
        });
        try
        {
            await using var transaction = await db.BeginWriteAsync(cancellationToken);
            db.Operations.Add(row);
            await outbox.Publish(
                new SparsifyDiskRequested
                {
                    RequestId = operationId,
                    DiskId = diskId,
                    RequestedBy = body.RequestedBy,
                    AllowSnapshots = body.AllowSnapshots,
                    Priority = body.Priority,
                    MinReclaimable = body.MinReclaimable,
                    Force = body.Force,
                    RequestedAt = now,
                },
                cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            // From here on it cannot be taken back, so the client's going away must not leave it half done.
            await transaction.CommitAsync(CancellationToken.None);
            return row;
        }
        catch (DbUpdateException e) when (!DatabaseFailures.IsUnavailable(e))
        {
            db.ChangeTracker.Clear();
            // The same request came twice at once and the other was first.
            return await FindAsync(operationId, cancellationToken) ?? throw new InvalidOperationException($"Operation {operationId} could not be stored.", e);
        }
    }

    private async Task<OperationRow> DecidedAsync(OperationRow row, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (true)
        {
            var next = signals.Next(row.Id);
            row = (await FindAsync(row.Id, cancellationToken))!;
            if (row.State != OperationState.Requested || time.GetElapsedTime(begun) >= options.Value.DecisionTimeout)
            {
                signals.Raise(row.Id); // perhaps nothing else will, and what waits would be kept for ever
                return row;
            }

            await signals.WaitAsync(next, time.GetElapsedTime(begun), cancellationToken);
        }
    }

    private static IResult Answer(OperationRow row)
    {
        if (row.State != OperationState.Rejected)
            return TypedResults.Accepted($"/api/v1/operations/{row.Id}", OperationView.Of(row));
        var violations = row.Snapshot.Violations;
        if (violations.FirstOrDefault(v => v.Code == ViolationCodes.DiskLocked) is { } locked)
            return Problem.Of(StatusCodes.Status409Conflict, ViolationCodes.DiskLocked, "The disk is locked", locked.Message, violations, locked.OperationId);
        return violations.Any(v => v.Code == ViolationCodes.DiskNotFound)
            ? Problem.DiskNotFound(row.DiskId)
            : Problem.Of(StatusCodes.Status422UnprocessableEntity, ProblemCodes.NotEligible, "The disk is not eligible", string.Join(' ', violations.Select(v => v.Message)), violations, row.Id);
    }
}
