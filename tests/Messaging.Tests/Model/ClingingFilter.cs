using MassTransit;
using MassTransit.RabbitMqTransport;
using RabbitMQ.Client;

namespace Sparsify.Messaging.Tests.Model;

/// <summary>
/// What MassTransit does when a channel dies in the wrong moment: the endpoint never lets go of it. The moment cannot
/// be met on demand; fault plans meet it now and then.
/// </summary>
internal sealed class ClingingFilter(Clinging clings, Heard heard) : IFilter<ChannelContext>
{
    private int _channels;

    public async Task Send(ChannelContext context, IPipe<ChannelContext> next)
    {
        if (Interlocked.Increment(ref _channels) > 1)
        {
            await next.Send(context);
            return;
        }

        try
        {
            if (clings == Clinging.BeforeItConsumes)
                await context.Channel.CloseAsync();
            else
                await next.Send(context);
        }
        finally
        {
            await heard.LetGo.Task;
        }
    }

    public void Probe(ProbeContext context)
    {
    }
}
