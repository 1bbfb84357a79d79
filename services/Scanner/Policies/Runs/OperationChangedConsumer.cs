using MassTransit;
using Sparsify.Contracts;

namespace Sparsify.Scanner.Policies.Runs;

/// <summary>Hears what becomes of the operations of runs. Of all others too: those cost no transaction.</summary>
internal sealed class OperationChangedConsumer(IServiceScopeFactory scopes) : IConsumer<OperationChanged>
{
    public async Task Consume(ConsumeContext<OperationChanged> context)
    {
        if (context.Message.Policy is null)
            return;
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<RunOutcomes>().NoteAsync(context.Message, context.Message.Policy.RunId, context.CancellationToken);
    }
}
