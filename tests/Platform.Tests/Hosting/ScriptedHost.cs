using MassTransit;
using Sparsify.Contracts;
using Sparsify.Messaging;

namespace Sparsify.Platform.Tests.Hosting;

/// <summary>A host whose every message the test decides; it reaches the Orchestrator as a real one does.</summary>
internal sealed class ScriptedHost(string name, IBus bus)
{
    private readonly MessageLog _received = new();

    public string Name => name;

    public Guid Instance { get; } = Guid.NewGuid();

    public void Receive<T>(ConsumeContext<T> context)
        where T : class => _received.Add(context);

    public IEnumerable<T> Received<T>() => _received.Of<T>();

    public Task HeartbeatAsync(int slots = 1, TimeSpan? timeToLive = null, params string[] domains) => bus.Publish(new HostHeartbeat
    {
        Host = name,
        InstanceId = Instance,
        SentAt = DateTimeOffset.UtcNow,
        TimeToLive = timeToLive ?? TimeSpan.FromMinutes(1),
        Slots = slots,
        RunningJobs = 0,
        StorageDomains = domains.Length == 0 ? [TestPlatform.Domain] : domains,
        Capabilities = new HostCapabilities("virt-sparsify 1.48", [], "tcg", "qemu-img 7.2"),
    });

    public Task ClaimAsync(int slots = 1, params string[] domains) =>
        bus.Publish(new ClaimVolumeJobs { Host = name, InstanceId = Instance, Slots = slots, StorageDomains = domains.Length == 0 ? [TestPlatform.Domain] : domains });

    /// <summary>Claims until it gets the job of an operation.</summary>
    public async Task<SparsifyVolume> GetJobAsync(Guid operation, int attempt = 1, int slots = 1)
    {
        await TestPlatform.UntilAsync(
            async () =>
            {
                if (Received<SparsifyVolume>().Any(j => j.OperationId == operation && j.Attempt == attempt))
                    return true;
                await ClaimAsync(slots);
                await Task.Delay(100);
                return false;
            },
            $"host '{name}' got the job");
        return Received<SparsifyVolume>().First(j => j.OperationId == operation && j.Attempt == attempt);
    }

    /// <summary>Claims until it gets the disk of an operation to look at.</summary>
    public async Task<RepairVolume> GetRepairAsync(Guid operation, int attempt)
    {
        await TestPlatform.UntilAsync(
            async () =>
            {
                await ClaimAsync();
                await Task.Delay(100);
                return Received<RepairVolume>().Any(r => r.Job.OperationId == operation && r.Job.Attempt == attempt);
            },
            $"host '{name}' got the disk to look at");
        return Received<RepairVolume>().First(r => r.Job.OperationId == operation && r.Job.Attempt == attempt);
    }

    /// <summary>Tells how a look at a disk ended.</summary>
    public Task RepairedAsync(RepairVolume repair, RepairOutcome outcome, params string[] sentences) => bus.Publish(new VolumeRepaired
    {
        OperationId = repair.Job.OperationId,
        Attempt = repair.Job.Attempt,
        Generation = repair.Job.Generation,
        Host = name,
        Outcome = outcome,
        Repairs = outcome == RepairOutcome.Repaired ? sentences : [],
        Findings = outcome == RepairOutcome.NotProvable ? sentences : [],
        EndedAt = DateTimeOffset.UtcNow,
    });

    /// <summary>Gets the lease confirmed, and the vital bytes journaled: the leave to start.</summary>
    public async Task BeginAsync(SparsifyVolume job, long sizeBefore = 1000)
    {
        if (!(await RenewAsync(job)).Given || !await JournalAsync(job))
            throw new InvalidOperationException($"Host '{name}' got no leave to start attempt {job.Attempt}.");
        await StartedAsync(job, sizeBefore);
    }

    /// <summary>Has vital bytes journaled.</summary>
    /// <returns>Whether that gave leave to start.</returns>
    public async Task<bool> JournalAsync(SparsifyVolume job)
    {
        var request = new JournalVitalBytes { OperationId = job.OperationId, Attempt = job.Attempt, Generation = job.Generation, Host = name, VitalBytes = Vital };
        var response = await bus.CreateRequestClient<JournalVitalBytes>(TimeSpan.FromSeconds(20)).GetResponse<VitalBytesJournaled, LeaseRevoked>(request);
        return response.Is(out Response<VitalBytesJournaled>? journaled) && !journaled.Message.CancelRequested;
    }

    /// <summary>What it says it has read.</summary>
    public static VitalBytes Vital { get; } = new()
    {
        SwapHeaders = [new VitalSwapHeader("/dev/sda2", [1, 2, 3])],
        VolumeGroups = [new VitalVolumeGroup("vg", "vg {}")],
    };

    /// <summary>Asks to keep the lease.</summary>
    /// <returns>Whether it was given.</returns>
    public async Task<(bool Given, bool CancelRequested)> RenewAsync(SparsifyVolume job)
    {
        var request = new RenewLease { OperationId = job.OperationId, Attempt = job.Attempt, Generation = job.Generation, Host = name };
        var response = await bus.CreateRequestClient<RenewLease>(TimeSpan.FromSeconds(20)).GetResponse<LeaseRenewed, LeaseRevoked>(request);
        return response.Is(out Response<LeaseRenewed>? renewed) ? (true, renewed.Message.CancelRequested) : (false, false);
    }

    public Task StartedAsync(SparsifyVolume job, long sizeBefore = 1000) => bus.Publish(new VolumeJobStarted
    {
        OperationId = job.OperationId,
        Attempt = job.Attempt,
        Generation = job.Generation,
        Host = name,
        SizeBefore = sizeBefore,
        StartedAt = DateTimeOffset.UtcNow,
    });

    public Task ProgressAsync(SparsifyVolume job, int sequence, double fraction, string stage) => bus.Publish(new VolumeJobProgressed
    {
        OperationId = job.OperationId,
        Attempt = job.Attempt,
        Sequence = sequence,
        Fraction = fraction,
        Stage = stage,
        At = DateTimeOffset.UtcNow,
    });

    public Task SucceededAsync(SparsifyVolume job, long sizeBefore = 1000, long sizeAfter = 400, RunOutcome outcome = RunOutcome.Reclaimed) => bus.Publish(new VolumeJobSucceeded
    {
        OperationId = job.OperationId,
        Attempt = job.Attempt,
        Generation = job.Generation,
        Host = name,
        Outcome = outcome,
        SizeBefore = sizeBefore,
        SizeAfter = sizeAfter,
        StartedAt = DateTimeOffset.UtcNow,
        EndedAt = DateTimeOffset.UtcNow,
    });

    /// <summary>What it answers when it is asked to measure a volume; null is no answer. A dry run waits for the answer and the Scanner does not.</summary>
    public Func<MeasureVolume, bool, object?> Measures { get; set; } = (_, _) => null;

    public Task SkippedAsync(SparsifyVolume job, long reclaimable, long size = 1000) => bus.Publish(new VolumeJobSkipped
    {
        OperationId = job.OperationId,
        Attempt = job.Attempt,
        Generation = job.Generation,
        Host = name,
        Reclaimable = reclaimable,
        Size = size,
        EndedAt = DateTimeOffset.UtcNow,
    });

    public Task FailedAsync(SparsifyVolume job, bool retryable, bool endedByItself = true, bool handedBack = false) => bus.Publish(new VolumeJobFailed
    {
        OperationId = job.OperationId,
        Attempt = job.Attempt,
        Generation = job.Generation,
        Host = name,
        Error = new OperationError(FailureKind.Transient, "The appliance crashed.", "its output"),
        Retryable = retryable,
        EndedByItself = endedByItself,
        HandedBack = handedBack,
        StartedAt = DateTimeOffset.UtcNow,
        EndedAt = DateTimeOffset.UtcNow,
    });

    public Task CanceledAsync(SparsifyVolume job) => bus.Publish(new VolumeJobCanceled
    {
        OperationId = job.OperationId,
        Attempt = job.Attempt,
        Generation = job.Generation,
        Host = name,
        EndedAt = DateTimeOffset.UtcNow,
    });

    /// <summary>The queues of scripted hosts.</summary>
    public static void AddConsumers(IBusRegistrationConfigurator bus, IReadOnlyList<string> names)
    {
        bus.AddConsumer<Meter>().ExcludeFromConfigureEndpoints();
        bus.AddSharedEndpoint<Meter>(EndpointNames.Measuring(TestPlatform.Domain), atOnce: 2);
        foreach (var host in names)
            bus.AddConsumer(typeof(Inbox<>).MakeGenericType(host == names[0] ? typeof(First) : typeof(Second))).Endpoint(e => e.Name = EndpointNames.Host(host));
    }

    /// <summary>Takes volumes to measure, in turn with the others.</summary>
    internal sealed class Meter(IReadOnlyList<ScriptedHost> hosts) : IConsumer<MeasureVolume>
    {
        public async Task Consume(ConsumeContext<MeasureVolume> context)
        {
            hosts[0].Receive(context);
            if (hosts[0].Measures(context.Message, context.ResponseAddress is not null) is not { } answer)
                return;
            await context.Publish(answer, answer.GetType());
            if (context.ResponseAddress is not null)
                await context.RespondAsync(answer, answer.GetType());
        }
    }

    internal sealed class First;

    internal sealed class Second;

    internal sealed class Inbox<TWhich>(IServiceProvider services) : IConsumer<SparsifyVolume>, IConsumer<RepairVolume>, IConsumer<CancelVolumeJob>, IConsumer<VolumeJobClosed>
    {
        public Task Consume(ConsumeContext<SparsifyVolume> context) => Hand(context);

        public Task Consume(ConsumeContext<RepairVolume> context) => Hand(context);

        public Task Consume(ConsumeContext<CancelVolumeJob> context) => Hand(context);

        public Task Consume(ConsumeContext<VolumeJobClosed> context) => Hand(context);

        private ScriptedHost Self => services.GetRequiredService<IReadOnlyList<ScriptedHost>>()[typeof(TWhich) == typeof(First) ? 0 : 1];

        private Task Hand<T>(ConsumeContext<T> context)
            where T : class
        {
            Self.Receive(context);
            return Task.CompletedTask;
        }
    }
}
