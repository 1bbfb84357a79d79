using MassTransit;
using Sparsify.Messaging;
using Sparsify.Orchestrator.Eligibility;
using Sparsify.Orchestrator.Ingress;
using Sparsify.Orchestrator.Inventory;
using Sparsify.Orchestrator.Jobs;
using Sparsify.Orchestrator.Operations;
using Sparsify.Orchestrator.Operations.Steps;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Orchestrator;

/// <summary>Composes the Orchestrator.</summary>
public static class OrchestratorService
{
    /// <summary>Registers everything but the consumers.</summary>
    public static IHostApplicationBuilder AddOrchestrator(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<OrchestratorOptions>().BindConfiguration(OrchestratorOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.AddMessagingDbContext<OrchestratorDbContext>(OrchestratorDbContext.Schema);
        builder.Services
            .AddScoped<DiskFactsReader>()
            .AddScoped<DiskChanges>()
            .AddScoped<DiskLocking>()
            .AddScoped<AttemptClosing>()
            .AddScoped<AttemptHistory>()
            .AddScoped<OperationEnd>()
            .AddScoped<EarlyCancels>()
            .AddScoped<RunningMachines>()
            .AddScoped<Leases>()
            .AddSingleton<LeaseWatch>()
            .AddSingleton(Random.Shared)
            .AddSingleton<RetryDelay>()
            .AddScoped<JobSweep>()
            .AddHostedService<JobSweeper>()
            .AddHostedService<OperationRetention>()
            .AddHostedService<EarlyCancelRetention>()
            .AddHostedService<InventoryRetention>()
            .AddHostedService<InventoryRequests>();
        return builder;
    }

    /// <summary>Registers the consumers and the saga.</summary>
    public static void AddOrchestratorConsumers(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<SparsifyDiskRequestedConsumer, SparsifyDiskRequestedConsumer.Definition>();
        bus.AddConsumer<CancelSparsifyRequestedConsumer, CancelSparsifyRequestedConsumer.Definition>();
        bus.AddConsumer<ResolveSparsifyRequestedConsumer, ResolveSparsifyRequestedConsumer.Definition>();
        bus.AddConsumer<DiskReportedConsumer, DiskReportedConsumer.Definition>();
        bus.AddConsumer<DiskRemovedConsumer, DiskRemovedConsumer.Definition>();
        bus.AddConsumer<VmStatusReportedConsumer, VmStatusReportedConsumer.Definition>();
        bus.AddConsumer<StorageDomainReportedConsumer, StorageDomainReportedConsumer.Definition>();
        bus.AddConsumer<HostHeartbeatConsumer, HostHeartbeatConsumer.Definition>();
        bus.AddConsumer<HostDrainRequestedConsumer, HostDrainRequestedConsumer.Definition>();
        bus.AddConsumer<VolumeMeasuredConsumer, VolumeMeasuredConsumer.Definition>();
        bus.AddConsumer<ClaimVolumeJobsConsumer, ClaimVolumeJobsConsumer.Definition>();
        bus.AddConsumer<JournalVitalBytesConsumer, JournalVitalBytesConsumer.Definition>();
        bus.AddConsumer<RenewLeaseConsumer, RenewLeaseConsumer.Definition>();
        bus.AddSagaStateMachine<OperationStateMachine, Operation, OperationDefinition>()
            .EntityFrameworkRepository<Operation, OrchestratorDbContext>();
    }
}
