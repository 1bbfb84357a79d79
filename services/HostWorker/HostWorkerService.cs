using MassTransit;
using Microsoft.Extensions.Options;
using Sparsify.HostWorker.Capabilities;
using Sparsify.HostWorker.Diagnosis;
using Sparsify.HostWorker.Discovery;
using Sparsify.HostWorker.Jobs;
using Sparsify.HostWorker.Measuring;
using Sparsify.HostWorker.Presence;
using Sparsify.HostWorker.Repairs;
using Sparsify.HostWorker.Runs;
using Sparsify.HostWorker.Volumes;
using Sparsify.Messaging;

namespace Sparsify.HostWorker;

/// <summary>Composes a host worker.</summary>
public static class HostWorkerService
{
    private const int MeasuredAtOnce = 2;

    /// <summary>Registers everything but the consumers.</summary>
    public static IHostApplicationBuilder AddHostWorker(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<HostWorkerOptions>().BindConfiguration(HostWorkerOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        // A run that is told to stop finishes its step first, however long that takes.
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromHours(12));
        builder.Services
            .AddSingleton<IValidateOptions<HostWorkerOptions>, HostWorkerOptionsValidator>()
            .AddSingleton<DomainMounts>()
            .AddSingleton<StorageDomainRoots>()
            .AddSingleton<VolumeMeter>()
            .AddSingleton<VolumeAnswers>()
            .AddSingleton<MeasurementReports>()
            .AddSingleton<VolumeCheck>()
            .AddSingleton<VolumeRelease>()
            .AddSingleton<AppliancePreparation>()
            .AddSingleton<VirtSparsify>()
            .AddSingleton<JobJournal>()
            .AddSingleton<LeaseKeeper>()
            .AddSingleton<RunReports>()
            .AddSingleton<FormerProcesses>()
            .AddSingleton<FormerAttempts>()
            .AddSingleton<VitalJournal>()
            .AddSingleton<RepairTools>()
            .AddSingleton<VolumeRepair>()
            .AddSingleton<AttemptRun>()
            .AddSingleton<VolumeAttempt>()
            .AddSingleton<ClaimSignal>()
            .AddSingleton<InventorySignal>()
            .AddSingleton<EndReports>()
            .AddSingleton<JobRunner>()
            .AddSingleton<VolumeDiscovery>()
            .AddSingleton<StorageDomainProbe>()
            .AddSingleton<LibvirtMachines>()
            .AddSingleton<KnownInventory>()
            .AddHostedService<ScratchLock>()
            .AddHostedService(provider => provider.GetRequiredService<JobRunner>())
            .AddHostedService(provider => provider.GetRequiredService<EndReports>())
            .AddHostedService<HostPresence>()
            .AddHostedService<InventoryReports>();
        return builder;
    }

    /// <summary>Registers what answers whether this host can do the work.</summary>
    public static IServiceCollection AddDoctor(this IServiceCollection services) => services
        .AddSingleton<StorageDomainProbe>()
        .AddSingleton<AppliancePreparation>()
        .AddSingleton(provider => new Doctor(provider.GetRequiredService<AppliancePreparation>(), provider.GetRequiredService<StorageDomainProbe>()));

    /// <summary>Registers the consumers: on the host's own queue, and on that of each storage domain it reaches.</summary>
    /// <param name="bus">The bus.</param>
    /// <param name="configuration">The process's configuration, for the host's name.</param>
    /// <exception cref="ArgumentException">The host's name cannot be part of a queue's name.</exception>
    public static void AddHostWorkerConsumers(this IBusRegistrationConfigurator bus, IConfiguration configuration)
    {
        var options = configuration.GetSection(HostWorkerOptions.Section).Get<HostWorkerOptions>() ?? new HostWorkerOptions();
        var queue = EndpointNames.Host(options.Name);
        bus.AddConsumer<SparsifyVolumeConsumer>().Endpoint(e => e.Name = queue);
        bus.AddConsumer<RepairVolumeConsumer>().Endpoint(e => e.Name = queue);
        bus.AddConsumer<CancelVolumeJobConsumer>().Endpoint(e => e.Name = queue);
        bus.AddConsumer<VolumeJobClosedConsumer>().Endpoint(e => e.Name = queue);
        bus.AddConsumer<InventoryRequestedConsumer>().Endpoint(e => e.Name = queue);
        bus.AddConsumer<VolumeJobOfferedConsumer>().Endpoint(e => e.Name = queue);
        bus.AddConsumer<MeasureVolumeConsumer>().ExcludeFromConfigureEndpoints();
        foreach (var domain in options.Domains.Keys)
            bus.AddSharedEndpoint<MeasureVolumeConsumer>(EndpointNames.Measuring(domain), MeasuredAtOnce);
    }
}
