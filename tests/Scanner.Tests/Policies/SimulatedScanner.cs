using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Scanner.Fleet;
using Sparsify.Scanner.Policies;
using Sparsify.Scanner.Policies.Runs;
using Sparsify.Scanner.Policies.Selecting;
using Sparsify.Scanner.Policies.Storing;
using Sparsify.Scanner.Storage;

namespace Sparsify.Scanner.Tests.Policies;

/// <summary>Policies over a database, with a clock that the test moves and operations that take as long as it says.</summary>
internal sealed class SimulatedScanner : IAsyncDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"scanner-{Guid.NewGuid():N}.db");
    private readonly Recorder _messages = new();
    private readonly IOptions<ScannerOptions> _options = Options.Create(new ScannerOptions());
    private readonly List<(SparsifyDiskRequested Request, DateTimeOffset At)> _live = [];
    private readonly HashSet<object> _handled = new(ReferenceEqualityComparer.Instance);

    private SimulatedScanner(DateTimeOffset start) => Time = new FakeTimeProvider(start);

    public FakeTimeProvider Time { get; }

    /// <summary>What was asked for, and when.</summary>
    public List<(SparsifyDiskRequested Request, DateTimeOffset At)> Started { get; } = [];

    /// <summary>The most operations that were live at once.</summary>
    public int MostLive { get; private set; }

    /// <summary>The newest report of each run, in the order of their times.</summary>
    public IReadOnlyList<PolicyRunChanged> Reports => [.. _messages.All.OfType<PolicyRunChanged>().GroupBy(r => r.RunId).Select(g => g.MaxBy(r => r.Revision)!).OrderBy(r => r.ScheduledAt)];

    public static async Task<SimulatedScanner> StartAsync(DateTimeOffset start)
    {
        var scanner = new SimulatedScanner(start);
        await using var db = scanner.Open();
        await db.Database.EnsureCreatedAsync();
        return scanner;
    }

    public async Task AddAsync(ScannedDisk disk)
    {
        await using var db = Open();
        db.Disks.Add(disk);
        await db.SaveChangesAsync();
    }

    public Task<object> StoreAsync(Policy policy) => InAsync(async db =>
    {
        await using var transaction = await db.BeginWriteAsync();
        var answer = await new PolicyStore(db, _messages, Time).StoreAsync(new StorePolicy { PolicyId = Guid.NewGuid(), Policy = policy }, CancellationToken.None);
        await db.SaveChangesAsync();
        await transaction.CommitAsync(CancellationToken.None);
        return answer;
    });

    /// <summary>Lets time pass in steps; every operation completes after a while and gives back what was measured.</summary>
    public async Task PassAsync(TimeSpan time, TimeSpan step, TimeSpan operation)
    {
        for (var end = Time.GetUtcNow() + time; Time.GetUtcNow() < end; Time.Advance(step))
        {
            foreach (var (request, _) in _live.Where(l => Time.GetUtcNow() - l.At >= operation).ToList())
                await CompleteAsync(request);
            await SweepAsync(s => s.DueAsync(default), (s, id) => s.StartDueAsync(id, default));
            await SweepAsync(s => s.WithEventsAsync(default), (s, id) => s.StartForEventsAsync(id, default));
            await SweepAsync(s => s.RunningAsync(default), (s, id) => s.AdvanceAsync(id, default));
            Hear();
        }
    }

    public ValueTask DisposeAsync()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        File.Delete(_file);
        return ValueTask.CompletedTask;
    }

    private async Task CompleteAsync(SparsifyDiskRequested request)
    {
        _live.RemoveAll(l => l.Request.RequestId == request.RequestId);
        var changed = new OperationChanged
        {
            OperationId = request.RequestId,
            Revision = 9,
            DiskId = request.DiskId,
            State = OperationState.Completed,
            Trigger = request.Trigger,
            Priority = request.Priority,
            Policy = request.Policy,
            Attempt = 1,
            SizeBefore = 1000,
            SizeAfter = 400,
            CreatedAt = Time.GetUtcNow(),
        };
        await InAsync(async db =>
        {
            await new RunOutcomes(db, Progress(db)).NoteAsync(changed, request.Policy!.RunId, CancellationToken.None);
            return true;
        });
        Hear();
    }

    private void Hear()
    {
        foreach (var request in _messages.All.OfType<SparsifyDiskRequested>().Where(_handled.Add).ToList())
        {
            _live.Add((request, Time.GetUtcNow()));
            Started.Add((request, Time.GetUtcNow()));
        }

        MostLive = Math.Max(MostLive, _live.Count);
    }

    private async Task SweepAsync(Func<PolicySweep, Task<IReadOnlyList<Guid>>> list, Func<PolicySweep, Guid, Task> work)
    {
        foreach (var id in await InAsync(db => list(Sweep(db))))
        {
            await InAsync(async db =>
            {
                await work(Sweep(db), id);
                return true;
            });
        }
    }

    private async Task<T> InAsync<T>(Func<ScannerDbContext, Task<T>> work)
    {
        await using var db = Open();
        return await work(db);
    }

    private PolicySweep Sweep(ScannerDbContext db) => new(db, new RunStart(db, new DiskSelecting(db, _options), Progress(db), new RunReports(_messages), Time), Progress(db), Time, _options);

    private RunProgress Progress(ScannerDbContext db) => new(db, _messages, new RunReports(_messages), Time, _options);

    private ScannerDbContext Open() => new(new DbContextOptionsBuilder<ScannerDbContext>().UseSqlite($"Data Source={_file}").Options);

    private sealed class Recorder : IOutbox<ScannerDbContext>
    {
        public List<object> All { get; } = [];

        public Task Publish<T>(T message, CancellationToken cancellationToken)
            where T : class
        {
            All.Add(message);
            return Task.CompletedTask;
        }

        public Task Send<T>(Uri destination, T message, CancellationToken cancellationToken)
            where T : class => Publish(message, cancellationToken);
    }
}
