using MassTransit;
using Sparsify.Contracts;

namespace Sparsify.HostWorker.Measuring;

/// <summary>Measures a volume on request, tells the world, and who asked if somebody waits.</summary>
internal sealed class MeasureVolumeConsumer(VolumeAnswers answers) : IConsumer<MeasureVolume>
{
    public async Task Consume(ConsumeContext<MeasureVolume> context)
    {
        var answer = answers.Answer(context.Message);
        await context.Publish(answer, answer.GetType());
        if (context.ResponseAddress is not null)
            await context.RespondAsync(answer, answer.GetType());
    }
}
