using MassTransit;
using Sparsify.Contracts;

namespace Sparsify.Scanner.Measuring;

/// <summary>A volume is as it was when it was last measured.</summary>
internal sealed class VolumeUnchangedConsumer(MeasureAnswers answers) : IConsumer<VolumeUnchanged>
{
    public Task Consume(ConsumeContext<VolumeUnchanged> context) => answers.NoteAsync(context.Message.DiskId, "unchanged", null, context.CancellationToken);
}
