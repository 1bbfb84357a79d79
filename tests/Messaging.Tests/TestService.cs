using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sparsify.Messaging.Tests.Model;
using Sparsify.Testing.Servers;

namespace Sparsify.Messaging.Tests;

/// <summary>A small service on the library, in this process.</summary>
internal sealed class TestService : IAsyncDisposable
{
    private readonly IHost _host;

    private TestService(IHost host) => _host = host;

    public Heard Heard => _host.Services.GetRequiredService<Heard>();

    public IBus Bus => _host.Services.GetRequiredService<IBus>();

    /// <summary>It ends, of itself or since it is told to.</summary>
    public CancellationToken Ending => _host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

    /// <param name="backEnd">Its broker and database.</param>
    /// <param name="listens">Its consumers do not hang.</param>
    /// <param name="clings">Whether an endpoint clings to a dead channel.</param>
    /// <param name="answersCling">Whether the endpoint of answers does.</param>
    /// <param name="broker">Another address of the broker than the back end's.</param>
    /// <param name="connects">It is waited until it is connected.</param>
    public static async Task<TestService> StartAsync(BackEnd backEnd, bool listens = true, Clinging clings = Clinging.Never, Clinging answersCling = Clinging.Never, Uri? broker = null, bool connects = true)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(backEnd.Settings);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Sparsify:Outbox:SweepInterval"] = "00:00:00.5",
            ["Sparsify:Outbox:SweepAge"] = "00:00:01",
            ["Sparsify:Outbox:SendLimit"] = "00:00:03",
        });
        if (broker is not null)
            builder.Configuration["Sparsify:RabbitMq:Uri"] = broker.ToString();
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddMetrics();
        builder.Services.AddSingleton(new Heard { Clings = clings });
        builder.AddMessagingDbContext<TestDbContext>(TestDbContext.Schema);
        builder.AddSparsifyBus(bus =>
        {
            bus.AddConsumer<DepositConsumer, DepositConsumer.Definition>();
            bus.AddConsumer<Listener>().Endpoint(e => e.Name = "listener");
            bus.AddConsumer<AnnouncedConsumer, AnnouncedConsumer.Definition>();
            bus.AddConsumer<Answerer>().Endpoint(e => e.Name = "answerer");
            bus.AddSagaStateMachine<CounterMachine, Counter, CounterDefinition>().EntityFrameworkRepository<Counter, TestDbContext>();
        });
        if (answersCling != Clinging.Never)
            builder.Services.AddSingleton<IEndpointConfigurationObserver>(provider => new ClingingAnswers(answersCling, provider.GetRequiredService<Heard>()));
        var service = new TestService(builder.Build());
        if (listens)
            service.Heard.Open.SetResult();
        await service._host.StartAsync();
        if (!connects)
            return service;
        await service._host.Services.GetRequiredService<IBusControl>().WaitForHealthStatus(BusHealthStatus.Healthy, TimeSpan.FromSeconds(30));
        return service;
    }

    public async Task<T> WithDatabaseAsync<T>(Func<TestDbContext, IOutbox<TestDbContext>, Task<T>> work)
    {
        await using var scope = _host.Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<TestDbContext>(), scope.ServiceProvider.GetRequiredService<IOutbox<TestDbContext>>());
    }

    public Task<int> EntriesAsync(Guid account) => WithDatabaseAsync((db, _) => db.Entries.CountAsync(e => e.Account == account));

    public Task<int> UnsentAsync() => WithDatabaseAsync((db, _) => db.Set<OutboxMessage>().CountAsync(m => m.SentAt == null));

    public static async Task UntilAsync(Func<Task<bool>> condition, string what, TimeSpan? limit = null)
    {
        var end = DateTime.UtcNow + (limit ?? TimeSpan.FromSeconds(30));
        while (!await condition())
        {
            if (DateTime.UtcNow > end)
                throw new TimeoutException($"Still waiting until {what}.");
            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Heard.Open.TrySetResult();
        Heard.LetGo.TrySetResult();
        await _host.StopAsync();
        _host.Dispose();
    }
}
