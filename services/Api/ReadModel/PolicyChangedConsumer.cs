using MassTransit;
using Sparsify.Contracts;

namespace Sparsify.Api.ReadModel;

/// <summary>Keeps policies; a removed one stays as a mark, so that a late older event does not bring it back.</summary>
internal sealed class PolicyChangedConsumer(PolicyReading reading) : IConsumer<PolicyChanged>
{
    public Task Consume(ConsumeContext<PolicyChanged> context) => reading.TakeAsync(context.Message, context.CancellationToken);
}
