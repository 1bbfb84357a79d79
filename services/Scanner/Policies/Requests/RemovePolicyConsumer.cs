using MassTransit;
using Sparsify.Contracts;
using Sparsify.Scanner.Policies.Storing;

namespace Sparsify.Scanner.Policies.Requests;

/// <summary>Forgets a policy, or says why not.</summary>
internal sealed class RemovePolicyConsumer(PolicyStore store) : IConsumer<RemovePolicy>
{
    public async Task Consume(ConsumeContext<RemovePolicy> context)
    {
        var answer = await store.RemoveAsync(context.Message, context.CancellationToken);
        await context.RespondAsync(answer is PolicyChanged changed ? new PolicyRemoved { Policy = changed } : answer);
    }
}
