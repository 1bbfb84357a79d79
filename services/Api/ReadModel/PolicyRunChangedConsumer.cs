using MassTransit;
using Sparsify.Contracts;

namespace Sparsify.Api.ReadModel;

/// <summary>Keeps the reports of policies' runs.</summary>
internal sealed class PolicyRunChangedConsumer(PolicyReading reading) : IConsumer<PolicyRunChanged>
{
    public Task Consume(ConsumeContext<PolicyRunChanged> context) => reading.TakeAsync(context.Message, context.CancellationToken);
}
