using MassTransit;
using Sparsify.Contracts;

namespace Sparsify.Scanner.Measuring;

/// <summary>A volume could not be measured; it is asked for again in the next period, or when something is told of its disk.</summary>
internal sealed class VolumeNotMeasuredConsumer(MeasureAnswers answers) : IConsumer<VolumeNotMeasured>
{
    public Task Consume(ConsumeContext<VolumeNotMeasured> context) => answers.NoteAsync(context.Message.DiskId, "not_measured", null, context.CancellationToken);
}
