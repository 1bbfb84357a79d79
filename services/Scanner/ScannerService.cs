using MassTransit;
using Sparsify.Messaging;
using Sparsify.Scanner.Alerts;
using Sparsify.Scanner.Fleet;
using Sparsify.Scanner.Measuring;
using Sparsify.Scanner.Policies;
using Sparsify.Scanner.Storage;
using Sparsify.Scanner.WebHooks;

namespace Sparsify.Scanner;

/// <summary>Composes the Scanner.</summary>
public static class ScannerService
{
    private const string FleetQueue = "scanner-fleet";
    private const string MeasuringQueue = "scanner-measuring";

    /// <summary>Registers everything but the consumers.</summary>
    public static IHostApplicationBuilder AddScanner(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ScannerOptions>().BindConfiguration(ScannerOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.AddMessagingDbContext<ScannerDbContext>(ScannerDbContext.Schema);
        builder.Services
            .AddScoped<Alerting>()
            .AddSingleton<MeasurePlan>()
            .AddScoped<MeasureAnswers>()
            .AddScoped<MeasureSweep>()
            .AddHostedService<MeasureSweeper>()
            .AddScoped<AlertSweep>()
            .AddScoped<WebHookQueue>()
            .AddScoped<WebHookClaims>()
            .AddHostedService<AlertSweeper>()
            .AddHostedService<AlertRetention>()
            .AddHostedService<WebHookService>()
            .AddHostedService<WebHookRetention>();
        builder.Services.AddPolicies();
        return builder;
    }

    /// <summary>Registers the consumers.</summary>
    public static void AddScannerConsumers(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<DiskChangedConsumer>().Endpoint(e => e.Name = FleetQueue);
        bus.AddConsumer<SparsifyDiskCompletedConsumer>().Endpoint(e => e.Name = FleetQueue);
        bus.AddConsumer<VolumeMeasuredConsumer>().Endpoint(e => e.Name = MeasuringQueue);
        bus.AddConsumer<VolumeUnchangedConsumer>().Endpoint(e => e.Name = MeasuringQueue);
        bus.AddConsumer<VolumeNotMeasuredConsumer>().Endpoint(e => e.Name = MeasuringQueue);
        bus.AddConsumer<ScanRequestedConsumer>().Endpoint(e => e.Name = MeasuringQueue);
        bus.AddPolicyConsumers();
        bus.AddConfigureEndpointsCallback((context, name, endpoint) =>
        {
            if (name is FleetQueue or MeasuringQueue)
                endpoint.UseTransactionalConsumers<ScannerDbContext>(context);
        });
    }
}
