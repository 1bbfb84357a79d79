using MassTransit;
using MassTransit.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Sparsify.Messaging;

/// <summary>Registers the bus.</summary>
public static class BusRegistration
{
    private const int DeliveryLimit = 1_000_000;
    private static readonly TimeSpan UnusedQueueLifetime = TimeSpan.FromDays(14);

    /// <summary>Registers the bus of this process on the configured transport, with the consumers of one or more services.</summary>
    /// <exception cref="InvalidOperationException">The section <c>Sparsify</c> is incomplete.</exception>
    public static IHostApplicationBuilder AddSparsifyBus(this IHostApplicationBuilder builder, Action<IBusRegistrationConfigurator> addConsumers)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(addConsumers);
        var transport = builder.Configuration.GetSection(TransportOptions.Section).Get<TransportOptions>() ?? new TransportOptions();
        builder.Services.AddOptions<TransportOptions>().BindConfiguration(TransportOptions.Section);
        builder.Services.AddOptions<MassTransitHostOptions>().Configure(o =>
        {
            // The process starts without a broker, says so in its health, and connects when the broker comes.
            o.WaitUntilStarted = false;
            o.StopTimeout = TimeSpan.FromSeconds(30);
        });
        builder.Services.AddSingleton<DeafBus>();
        builder.Services.AddBusObserver(provider => provider.GetRequiredService<DeafBus>());
        builder.Services.AddReceiveEndpointObserver(provider => provider.GetRequiredService<DeafBus>());
        builder.Services.AddSingleton<IEndpointConfigurationObserver, AnswerEndpoint>();
        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            addConsumers(bus);
            bus.AddConfigureEndpointsCallback((context, _, endpoint) => DeadLettering.Configure(context, endpoint));
            switch (transport.Transport)
            {
                case TransportKind.RabbitMq:
                    UseRabbitMq(bus, transport.RabbitMq);
                    break;
                case TransportKind.Memory:
                    bus.UsingInMemory((context, memory) =>
                    {
                        Shape(memory);
                        AddSharedEndpoints(context, memory);
                        memory.ConfigureEndpoints(context);
                    });
                    break;
                default:
                    throw new InvalidOperationException($"{TransportOptions.Section}:Transport is '{transport.Transport}'; it is one of {string.Join(", ", Enum.GetNames<TransportKind>())}.");
            }
        });
        return builder;
    }

    private static void UseRabbitMq(IBusRegistrationConfigurator bus, RabbitMqOptions options)
    {
        var uri = options.Uri ?? throw new InvalidOperationException("Sparsify:RabbitMq:Uri is missing. Give amqp://user:password@host:port/virtualhost, for example in the environment variable Sparsify__RabbitMq__Uri.");
        bus.AddConfigureEndpointsCallback(ConfigureQueue);
        bus.UsingRabbitMq((context, rabbit) =>
        {
            rabbit.Host(uri, host => host.PublisherConfirmation = true);
            // Else the first question starts it, and MassTransit holds the asking thread up until it has started, without a limit.
            rabbit.AutoStart = true;
            foreach (var observer in context.GetServices<IEndpointConfigurationObserver>())
                rabbit.ConnectEndpointConfigurationObserver(observer);
            Shape(rabbit);
            AddSharedEndpoints(context, rabbit);
            rabbit.ConfigureEndpoints(context);
        });
    }

    private static void ConfigureQueue(IRegistrationContext context, string name, IReceiveEndpointConfigurator endpoint)
    {
        if (endpoint is not IRabbitMqReceiveEndpointConfigurator queue)
            return;
        queue.SetQuorumQueue();
        // RabbitMQ 4 drops what came back 20 times, and a lost connection counts; what cannot be handled is dead-lettered here.
        queue.SetQueueArgument("x-delivery-limit", DeliveryLimit);
        var filter = new DeadChannelFilter(EndpointNames.Address(name), TimeProvider.System, context.GetRequiredService<ILogger<DeadChannelFilter>>());
        queue.ConfigureChannel(pipe => pipe.UseFilter(filter));
        // A host or a storage domain that was taken away leaves its queue; every other queue is kept however long its service is off.
        if (EndpointNames.IsHostQueue(name) || EndpointNames.IsMeasuringQueue(name))
            queue.SetQueueArgument("x-expires", (long)UnusedQueueLifetime.TotalMilliseconds);
        // Who asked asks again: while no host is there nothing piles up.
        if (EndpointNames.IsMeasuringQueue(name))
            queue.SetQueueArgument("x-message-ttl", (long)EndpointNames.MeasuringLifetime.TotalMilliseconds);
    }

    private static void AddSharedEndpoints<TEndpoint>(IBusRegistrationContext context, IBusFactoryConfigurator<TEndpoint> bus)
        where TEndpoint : IReceiveEndpointConfigurator
    {
        foreach (var shared in context.GetServices<SharedEndpoint>())
        {
            bus.ReceiveEndpoint(shared.Name, endpoint =>
            {
                ConfigureQueue(context, shared.Name, endpoint);
                DeadLettering.Configure(context, endpoint);
                shared.Configure(context, endpoint);
            });
        }
    }

    private static void Shape(IBusFactoryConfigurator bus)
    {
        // The default set reads plain JSON as any message an endpoint knows; only public inputs may (AcceptPlainJson).
        bus.ClearSerialization();
        bus.UseJsonSerializer();
        var names = new DeadLetterNames();
        bus.SendTopology.ErrorQueueNameFormatter = names;
        bus.SendTopology.DeadLetterQueueNameFormatter = names;
    }
}
