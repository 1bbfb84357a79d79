using MassTransit;
using Sparsify.Messaging;
using Sparsify.Scanner.Policies.Files;
using Sparsify.Scanner.Policies.Requests;
using Sparsify.Scanner.Policies.Runs;
using Sparsify.Scanner.Policies.Selecting;
using Sparsify.Scanner.Policies.Storing;
using Sparsify.Scanner.Policies.Triggers;
using Sparsify.Scanner.Storage;

namespace Sparsify.Scanner.Policies;

/// <summary>Composes what is about policies.</summary>
internal static class PolicyRegistration
{
    private const string RunQueue = "scanner-policy-runs";

    /// <summary>Registers everything but the consumers.</summary>
    public static void AddPolicies(this IServiceCollection services) => services
        .AddSingleton<PolicyBook>()
        .AddScoped<DiskThresholds>()
        .AddScoped<DiskSelecting>()
        .AddScoped<PolicyStore>()
        .AddScoped<PolicyTriggers>()
        .AddScoped<PolicyFolder>()
        .AddScoped<PolicySweep>()
        .AddScoped<RunReports>()
        .AddScoped<RunProgress>()
        .AddScoped<RunStart>()
        .AddScoped<RunOutcomes>()
        .AddHostedService<PolicyFolderWatch>()
        .AddHostedService<PolicySweeper>()
        .AddHostedService<PolicyRunRetention>();

    /// <summary>Registers the consumers: requests on one queue, what becomes of operations on another.</summary>
    public static void AddPolicyConsumers(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<StorePolicyConsumer>().Endpoint(e => e.Name = EndpointNames.Policies);
        bus.AddConsumer<RemovePolicyConsumer>().Endpoint(e => e.Name = EndpointNames.Policies);
        bus.AddConsumer<PreviewPolicyConsumer>().Endpoint(e => e.Name = EndpointNames.Policies);
        bus.AddConsumer<RunPolicyConsumer>().Endpoint(e => e.Name = EndpointNames.Policies);
        bus.AddConsumer<OperationChangedConsumer>().Endpoint(e => e.Name = RunQueue);
        bus.AddConfigureEndpointsCallback((context, name, endpoint) =>
        {
            if (name == EndpointNames.Policies)
                endpoint.UseTransactionalConsumers<ScannerDbContext>(context);
            else if (name == RunQueue)
                endpoint.UseDatabaseRetries();
        });
    }
}
