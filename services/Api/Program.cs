using Sparsify.Api;
using Sparsify.Messaging;
using Sparsify.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("api");
builder.AddApi();
builder.AddSparsifyBus(bus => bus.AddApiConsumers());

var app = builder.Build();
app.MapApi();
app.MapHealth();
await app.RunAsync();
