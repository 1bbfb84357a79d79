using Sparsify.HostWorker;
using Sparsify.Messaging;
using Sparsify.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("hostworker");
builder.AddHostWorker();
builder.AddSparsifyBus(bus => bus.AddHostWorkerConsumers(builder.Configuration));

var app = builder.Build();
app.MapHealth();
await app.RunAsync();
