using MassTransit;
using MassTransit.Configuration;
using Microsoft.Extensions.Logging;

namespace Sparsify.Messaging;

/// <summary>
/// Guards the endpoint on which a process gets the answers to its questions, which no other configuration reaches:
/// MassTransit makes it itself. Deaf it would be as bad as any other, since no question of the process would ever be
/// answered again, a worker's for its leases among them.
/// </summary>
internal sealed class AnswerEndpoint(ILogger<DeadChannelFilter> logger) : IEndpointConfigurationObserver
{
    public void EndpointConfigured<T>(T configurator)
        where T : IReceiveEndpointConfigurator
    {
        if (configurator is not (IRabbitMqReceiveEndpointConfigurator queue and IEndpointConfiguration { IsBusEndpoint: true }))
            return;
        var filter = new DeadChannelFilter(queue.InputAddress, TimeProvider.System, logger);
        queue.ConfigureChannel(pipe => pipe.UseFilter(filter));
    }
}
