using MassTransit;
using Microsoft.EntityFrameworkCore;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Scanner.Policies.Runs;
using Sparsify.Scanner.Policies.Storing;
using Sparsify.Scanner.Storage;

namespace Sparsify.Scanner.Policies.Requests;

/// <summary>Runs a policy because somebody asks.</summary>
internal sealed class RunPolicyConsumer(ScannerDbContext db, RunStart start, TimeProvider time) : IConsumer<RunPolicy>
{
    private const int MaximumRequester = 255;

    public async Task Consume(ConsumeContext<RunPolicy> context) => await context.RespondAsync(await RunAsync(context.Message, context.CancellationToken));

    private async Task<object> RunAsync(RunPolicy request, CancellationToken cancellationToken)
    {
        if (request.RequestedBy?.Length > MaximumRequester)
            return new PolicyRefused { Code = PolicyRefusals.Invalid, Message = $"'requestedBy' has more than {MaximumRequester} characters." };
        await db.SerialiseAsync(cancellationToken, PolicyStore.LockOf(request.PolicyId));
        if (await db.Policies.SingleOrDefaultAsync(p => p.Id == request.PolicyId, cancellationToken) is not { } policy)
            return PolicyStore.NotFound(request.PolicyId);
        if (!policy.Enabled)
            return new PolicyRefused { Code = PolicyRefusals.Disabled, Message = $"The policy '{policy.Name}' is not enabled." };
        var begun = await start.BeginAsync(policy, new RunRequest(PolicyRunCause.Manual, Now(), RequestedBy: request.RequestedBy), cancellationToken);
        return begun is PolicyRunChanged run
            ? new PolicyRunStarted { Run = run }
            : begun ?? new PolicyRefused { Code = PolicyRefusals.Running, Message = $"The policy '{policy.Name}' was started this very moment." };
    }

    /// <summary>Whole milliseconds: the database keeps no more than microseconds, and the run's id follows from its time.</summary>
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
}
