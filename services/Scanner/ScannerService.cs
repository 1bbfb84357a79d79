using MassTransit;
using Sparsify.Messaging;
using Sparsify.Scanner.Alerts;
using Sparsify.Scanner.Fleet;
using Sparsify.Scanner.Policies;
using Sparsify.Scanner.Storage;

namespace Sparsify.Scanner;

/// <summary>Composes the Scanner.</summary>
public static class ScannerService
{
    private const string FleetQueue = "scanner-fleet";

    /// <summary>Registers everything but the consumers.</summary>
    public static IHostApplicationBuilder AddScanner(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ScannerOptions>().BindConfiguration(ScannerOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.AddMessagingDbContext<ScannerDbContext>(ScannerDbContext.Schema);
        builder.Services
            .AddScoped<Alerting>()
            .AddScoped<AlertSweep>()
            .AddHostedService<AlertSweeper>()
            .AddHostedService<AlertRetention>();
        builder.Services.AddPolicies();
        return builder;
    }

    /// <summary>Registers the consumers.</summary>
    public static void AddScannerConsumers(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<DiskChangedConsumer>().Endpoint(e => e.Name = FleetQueue);
        bus.AddConsumer<SparsifyDiskCompletedConsumer>().Endpoint(e => e.Name = FleetQueue);
        bus.AddPolicyConsumers();
        bus.AddConfigureEndpointsCallback((context, name, endpoint) =>
        {
            if (name == FleetQueue)
                endpoint.UseTransactionalConsumers<ScannerDbContext>(context);
        });
    }
}
