using MassTransit;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.OpenApi;
using Sparsify.Api.Alerts;
using Sparsify.Api.Disks;
using Sparsify.Api.Hosts;
using Sparsify.Api.Measurements;
using Sparsify.Api.Operations;
using Sparsify.Api.Policies;
using Sparsify.Api.Problems;
using Sparsify.Api.ReadModel;
using Sparsify.Api.StorageDomains;
using Sparsify.Messaging;

namespace Sparsify.Api;

/// <summary>Composes the REST API.</summary>
public static class ApiService
{
    private const string ReadModelQueue = "api-read-model";
    private const int MaximumBody = 64 * 1024;

    /// <summary>Registers everything but the consumers.</summary>
    public static WebApplicationBuilder AddApi(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<ApiOptions>().BindConfiguration(ApiOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.AddMessagingDbContext<ApiDbContext>(ApiDbContext.Schema);
        builder.Services.AddSingleton<OperationSignals>().AddScoped<VolumeMeasuring>().AddScoped<SparsifyEndpoint>();
        builder.Services.AddHostedService<OperationRetention>().AddHostedService<InventoryRetention>().AddHostedService<AlertRetention>().AddHostedService<MeasurementRetention>();
        builder.Services.AddScoped<PolicyRequests>().AddScoped<PolicyReading>().AddHostedService<PolicyRetention>();
        builder.Services.AddReceiveObserver<OperationSignalObserver>();
        builder.Services.AddProblemDetails(problems => problems.CustomizeProblemDetails = AddCode);
        builder.Services.AddExceptionHandler<FailureHandler>();
        builder.Services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        builder.Services.AddOpenApi("v1", o => o.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = MaximumBody);
        return builder;
    }

    /// <summary>Registers the consumers of the read model, all on one queue.</summary>
    public static void AddApiConsumers(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<DiskChangedConsumer>().Endpoint(e => e.Name = ReadModelQueue);
        bus.AddConsumer<OperationChangedConsumer>().Endpoint(e => e.Name = ReadModelQueue);
        bus.AddConsumer<VolumeJobProgressedConsumer>().Endpoint(e => e.Name = ReadModelQueue);
        bus.AddConsumer<HostHeartbeatConsumer>().Endpoint(e => e.Name = ReadModelQueue);
        bus.AddConsumer<HostDrainChangedConsumer>().Endpoint(e => e.Name = ReadModelQueue);
        bus.AddConsumer<StorageDomainChangedConsumer>().Endpoint(e => e.Name = ReadModelQueue);
        bus.AddConsumer<VolumeUnchangedConsumer>().Endpoint(e => e.Name = ReadModelQueue);
        bus.AddConsumer<VolumeNotMeasuredConsumer>().Endpoint(e => e.Name = ReadModelQueue);
        bus.AddConsumer<SparsifyNeededConsumer>().Endpoint(e => e.Name = ReadModelQueue);
        bus.AddConsumer<SparsifyNeedClearedConsumer>().Endpoint(e => e.Name = ReadModelQueue);
        bus.AddConsumer<PolicyChangedConsumer>().Endpoint(e => e.Name = ReadModelQueue);
        bus.AddConsumer<PolicyRunChangedConsumer>().Endpoint(e => e.Name = ReadModelQueue);
        bus.AddConfigureEndpointsCallback((context, name, endpoint) =>
        {
            if (name == ReadModelQueue)
                endpoint.UseTransactionalConsumers<ApiDbContext>(context);
        });
    }

    /// <summary>Maps the REST API and its description.</summary>
    public static WebApplication MapApi(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseCrossSiteGuard();
        app.MapOpenApi("/openapi/{documentName}.json");
        var api = app.MapGroup("/api/v1");
        api.MapDisks();
        SparsifyEndpoint.Map(api);
        api.MapOperations();
        api.MapHosts();
        api.MapStorageDomains();
        api.MapAlerts();
        api.MapMeasurements();
        api.MapPolicies();
        api.MapPolicyRuns();
        return app;
    }

    private static void AddCode(ProblemDetailsContext context)
    {
        if (!context.ProblemDetails.Extensions.ContainsKey("code"))
        {
            context.ProblemDetails.Extensions["code"] = context.HttpContext.Response.StatusCode switch
            {
                StatusCodes.Status404NotFound => ProblemCodes.NotFound,
                >= 400 and < 500 => ProblemCodes.InvalidRequest,
                _ => ProblemCodes.Internal,
            };
        }

        context.ProblemDetails.Extensions["traceId"] = context.HttpContext.Features.Get<IHttpActivityFeature>()?.Activity.TraceId.ToHexString();
    }
}
