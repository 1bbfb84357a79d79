using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Sparsify.Messaging;

/// <summary>Registers queues that several processes take messages from.</summary>
public static class SharedEndpointRegistration
{
    /// <summary>Has a registered consumer, one that is excluded from endpoints by convention, take messages from a queue.</summary>
    /// <typeparam name="TConsumer">The consumer.</typeparam>
    /// <param name="bus">The bus.</param>
    /// <param name="queue">The queue's name.</param>
    /// <param name="atOnce">How many messages this process works on at once; it takes no more, as another could not take those that wait here.</param>
    public static void AddSharedEndpoint<TConsumer>(this IBusRegistrationConfigurator bus, string queue, int atOnce)
        where TConsumer : class, IConsumer
    {
        ArgumentNullException.ThrowIfNull(bus);
        bus.AddSingleton(new SharedEndpoint(queue, (context, endpoint) =>
        {
            endpoint.PrefetchCount = atOnce;
            endpoint.ConcurrentMessageLimit = atOnce;
            endpoint.ConfigureConsumer<TConsumer>(context);
        }));
    }
}
