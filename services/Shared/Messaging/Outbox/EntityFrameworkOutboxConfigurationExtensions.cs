using MassTransit;
using MassTransit.Configuration;
using MassTransit.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Sparsify.Messaging;

/// <summary>Configures the transactional outbox; shaped like the official package, so that a swap is a reference and a namespace.</summary>
public static class EntityFrameworkOutboxConfigurationExtensions
{
    /// <summary>Registers the outbox of a context: for consumers, for scopes outside consumers, and the service that delivers.</summary>
    public static IServiceCollection AddEntityFrameworkOutbox<TDbContext>(this IServiceCollection services)
        where TDbContext : MessagingDbContext
    {
        services.AddOptions<OutboxOptions>().BindConfiguration(OutboxOptions.Section)
            .Validate(o => o.ResendWindow < o.InboxRetention, $"{OutboxOptions.Section}: ResendWindow must be shorter than InboxRetention, else repetitions are not recognised.")
            .Validate(o => o.SendLimit > TimeSpan.Zero, $"{OutboxOptions.Section}: SendLimit must be longer than nothing, else no message is ever sent.")
            .ValidateOnStart();
        services.TryAddScoped<IOutboxContextFactory<TDbContext>, ConsumerOutboxContextFactory<TDbContext>>();
        services.TryAddScoped<IOutbox<TDbContext>, Outbox<TDbContext>>();
        services.TryAddSingleton<OutboxQueue<TDbContext>>();
        services.TryAddSingleton<OutboxSender<TDbContext>>();
        services.AddHostedService<OutboxDeliveryService<TDbContext>>();
        return services;
    }

    /// <summary>Handles each message of the endpoint in one transaction of <typeparamref name="TDbContext"/>. Add retries before it, never behind it.</summary>
    public static void UseEntityFrameworkOutbox<TDbContext>(this IReceiveEndpointConfigurator configurator, IRegistrationContext context)
        where TDbContext : MessagingDbContext
    {
        ArgumentNullException.ThrowIfNull(configurator);
        var observer = new OutboxConsumePipeSpecificationObserver<TDbContext>(configurator, context);
        configurator.ConnectConsumerConfigurationObserver(observer);
        configurator.ConnectSagaConfigurationObserver(observer);
    }
}
