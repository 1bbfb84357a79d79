using Sparsify.Messaging;
using Sparsify.Scanner;
using Sparsify.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("scanner");
builder.AddScanner();
builder.AddSparsifyBus(bus => bus.AddScannerConsumers());

var app = builder.Build();
app.MapHealth();
await app.RunAsync();
