using MassTransit;
using Sparsify.Contracts;
using Sparsify.Scanner.Policies.Storing;

namespace Sparsify.Scanner.Policies.Requests;

/// <summary>Keeps a policy, or says why not.</summary>
internal sealed class StorePolicyConsumer(PolicyStore store) : IConsumer<StorePolicy>
{
    public async Task Consume(ConsumeContext<StorePolicy> context)
    {
        var answer = await store.StoreAsync(context.Message, context.CancellationToken);
        await context.RespondAsync(answer is PolicyChanged changed ? new PolicyStored { Policy = changed } : answer);
    }
}
