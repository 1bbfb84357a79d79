using Sparsify.Messaging;
using Sparsify.Orchestrator;
using Sparsify.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("orchestrator");
builder.AddOrchestrator();
builder.AddSparsifyBus(bus => bus.AddOrchestratorConsumers());

var app = builder.Build();
app.MapHealth();
await app.RunAsync();
