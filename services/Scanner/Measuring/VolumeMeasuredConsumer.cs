using MassTransit;
using Sparsify.Contracts;

namespace Sparsify.Scanner.Measuring;

/// <summary>A volume was measured: because it was asked for, or after a run.</summary>
internal sealed class VolumeMeasuredConsumer(MeasureAnswers answers) : IConsumer<VolumeMeasured>
{
    public Task Consume(ConsumeContext<VolumeMeasured> context) => answers.NoteAsync(context.Message.DiskId, "measured", context.Message, context.CancellationToken);
}
