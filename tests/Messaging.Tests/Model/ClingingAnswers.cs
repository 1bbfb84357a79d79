using MassTransit;
using MassTransit.Configuration;

namespace Sparsify.Messaging.Tests.Model;

/// <summary>The endpoint on which the answers to questions arrive does not let go of a channel that has died.</summary>
internal sealed class ClingingAnswers(Clinging clings, Heard heard) : IEndpointConfigurationObserver
{
    public void EndpointConfigured<T>(T configurator)
        where T : IReceiveEndpointConfigurator
    {
        if (configurator is IRabbitMqReceiveEndpointConfigurator queue and IEndpointConfiguration { IsBusEndpoint: true })
            queue.ConfigureChannel(channel => channel.UseFilter(new ClingingFilter(clings, heard)));
    }
}
