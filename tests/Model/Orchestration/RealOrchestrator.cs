using System.Runtime.CompilerServices;
using MassTransit;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Sparsify.Messaging;
using Sparsify.Orchestrator;
using Sparsify.Orchestrator.Jobs;
using Sparsify.Orchestrator.Storage;

namespace Sparsify.Model.Orchestration;

/// <summary>
/// The Orchestrator as it is deployed, registrations, saga repository and database included, but for three things: messages
/// are handed to it one by one, what it sends is noted, and its database is in memory. It is used again for each sequence.
/// </summary>
internal sealed class RealOrchestrator : IDisposable
{
    private static int _count;
    private readonly ServiceProvider _services;
    private readonly CommitGuard _commits = new();
    private readonly KeptStatements _statements = new();
    private readonly Recorder _recorder = new();
    private readonly Routes _routes;
    private readonly TableCopies _copies;
    private readonly Sabotage _sabotage;
    private int _seed;
    private int _chances;

    public RealOrchestrator(Sabotage? sabotage = null)
    {
        _sabotage = sabotage ?? new Sabotage();
        Connection = new OwnConnection($"model-{Interlocked.Increment(ref _count)}");
        Connection.Open();
        _services = Compose();
        using (var scope = _services.CreateScope())
            scope.ServiceProvider.GetRequiredService<OrchestratorDbContext>().Database.EnsureCreated();
        Execute(_sabotage.Sql ?? "SELECT 1");
        _routes = new Routes(_services);
        _copies = new TableCopies(Connection, hasTriggers: _sabotage.Sql is not null);
    }

    public Clock Clock { get; } = new();

    public SqliteConnection Connection { get; }

    public OrchestratorOptions Options => _services.GetRequiredService<IOptions<OrchestratorOptions>>().Value;

    /// <summary>Forgets everything.</summary>
    public void Begin(int seed)
    {
        _copies.Clear();
        Clock.Reset();
        _commits.FailsNext = false;
        (_seed, _chances) = (seed, 0);
    }

    /// <summary>Keeps all that it knows, to go back to.</summary>
    /// <param name="place">Where: a number for each moment that may be gone back to, from 0 on.</param>
    /// <returns>Goes back to now, as often as it is called.</returns>
    public Action Remember(int place)
    {
        var (elapsed, now, chances) = (Clock.Elapsed, Clock.Now, _chances);
        _copies.Keep(place);
        return () =>
        {
            _copies.Return(place);
            Clock.Set(elapsed, now);
            _chances = chances;
        };
    }

    /// <summary>A replica's memory once more. It is a table that is replaced whole at each look, so that it can be shared.</summary>
    public static LeaseWatch CopyOf(LeaseWatch replica) => (LeaseWatch)MemberwiseClone(replica);

    /// <summary>What a replica knows only in its memory.</summary>
    public LeaseWatch NewReplica() => ActivatorUtilities.CreateInstance<LeaseWatch>(_services, new Hasty(Clock, _sabotage.Haste));

    /// <summary>Hands a message to the endpoint that takes it, in one transaction.</summary>
    /// <returns>What was sent with the commit.</returns>
    /// <exception cref="CommitFailedException">As asked for; nothing has happened.</exception>
    public Task<IReadOnlyList<Sent>> DeliverAsync(object message, bool toSaga, bool failsToCommit) => InScopeAsync(failsToCommit, async scope =>
    {
        if (!Routes.KeepsState(message, toSaga))
        {
            await _routes.DispatchAsync(message, toSaga, new Delivery(scope, _recorder));
            return;
        }

        var db = scope.ServiceProvider.GetRequiredService<OrchestratorDbContext>();
        await using var transaction = await db.BeginWriteAsync();
        await _routes.DispatchAsync(_sabotage.Bend(message, operation => db.VolumeJobs.Single(j => j.OperationId == operation).Attempt), toSaga, new Delivery(scope, _recorder));
        await db.SaveChangesAsync();
        await transaction.CommitAsync(CancellationToken.None);
    });

    /// <summary>One look at leases and waiting jobs by a replica.</summary>
    /// <inheritdoc cref="DeliverAsync" path="/returns|/exception" />
    public Task<IReadOnlyList<Sent>> SweepAsync(LeaseWatch replica, bool failsToCommit) =>
        InScopeAsync(failsToCommit, scope => ActivatorUtilities.CreateInstance<JobSweep>(scope.ServiceProvider, replica).RunAsync(CancellationToken.None));

    /// <summary>Puts something into the tables before a sequence begins.</summary>
    public async Task SeedAsync(Action<OrchestratorDbContext> add)
    {
        using var scope = _services.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<OrchestratorDbContext>();
        add(db);
        await db.SaveChangesAsync();
    }

    public void Dispose()
    {
        _copies.Dispose();
        _services.Dispose();
        _statements.Dispose();
        Connection.Dispose();
    }

    private async Task<IReadOnlyList<Sent>> InScopeAsync(bool failsToCommit, Func<IServiceScope, Task> work)
    {
        _recorder.Sent.Clear();
        _commits.FailsNext = failsToCommit;
        using var scope = _services.CreateScope();
        try
        {
            await work(scope);
        }
        catch (CommitFailedException) when (_sabotage.SendsBeforeCommit)
        {
            return [.. _recorder.Sent];
        }

        return _sabotage.LosesMessages ? [] : [.. _recorder.Sent];
    }

    private void Execute(string sql)
    {
        using var command = Connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = nameof(MemberwiseClone))]
    private static extern object MemberwiseClone(object it);

    private ServiceProvider Compose()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Sparsify:Transport"] = "Memory", ["Sparsify:Database:Provider"] = "Sqlite", ["Sparsify:Database:Folder"] = "unused" });
        builder.AddOrchestrator();
        builder.AddSparsifyBus(bus => bus.AddOrchestratorConsumers());
        builder.Services.RemoveAll<IDbContextOptionsConfiguration<OrchestratorDbContext>>().RemoveAll<DbContextOptions<OrchestratorDbContext>>().RemoveAll<OrchestratorDbContext>()
            .AddDbContextPool<OrchestratorDbContext>(db => db.UseSqlite(Connection).AddInterceptors(_commits, _statements).EnableThreadSafetyChecks(false))
            .Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock))
            .Replace(ServiceDescriptor.Singleton<Random>(new Repeatable(this)))
            .Replace(ServiceDescriptor.Singleton<IOutbox<OrchestratorDbContext>>(_recorder));
        return builder.Services.BuildServiceProvider();
    }

    /// <summary>Gives a sequence the same chances each time.</summary>
    private sealed class Repeatable(RealOrchestrator orchestrator) : Random
    {
        public override double NextDouble() => new Random(unchecked((orchestrator._seed * 397) + orchestrator._chances++)).NextDouble();
    }

    /// <summary>Counts faster than the clock.</summary>
    private sealed class Hasty(Clock clock, int times) : TimeProvider
    {
        public override long TimestampFrequency => clock.TimestampFrequency;

        public override long GetTimestamp() => clock.GetTimestamp() * times;
    }
}
