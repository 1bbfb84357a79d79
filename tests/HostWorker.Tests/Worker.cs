using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.HostWorker.Capabilities;
using Sparsify.HostWorker.Discovery;
using Sparsify.HostWorker.Jobs;
using Sparsify.HostWorker.Measuring;
using Sparsify.HostWorker.Runs;
using Sparsify.HostWorker.Volumes;
using Sparsify.Testing.Platforms;
using Sparsify.Testing.Processes;

namespace Sparsify.HostWorker.Tests;

/// <summary>Parts of a worker, put together by hand.</summary>
internal sealed class Worker : IDisposable
{
    public const string Domain = "vms";

    public Worker()
    {
        Storage = Folder.Folder("storage");
        SharedAppliance.Use(Folder.File("scratch"));
        Options = new HostWorkerOptions { Name = "host-a", Scratch = Folder.File("scratch") };
        Options.Domains[Domain] = Storage;
        Appliance = new AppliancePreparation(Wrapped, TimeProvider.System, NullLogger<AppliancePreparation>.Instance);
    }

    public TestFolder Folder { get; } = TestFolder.Create("worker");

    public string Storage { get; }

    public HostWorkerOptions Options { get; }

    public IOptions<HostWorkerOptions> Wrapped => Microsoft.Extensions.Options.Options.Create(Options);

    public AppliancePreparation Appliance { get; }

    public StorageDomainRoots Roots => new(Wrapped, new DomainMounts(Wrapped, NullLogger<DomainMounts>.Instance));

    public VolumeCheck Check => new(Roots, new VolumeMeter(TimeProvider.System));

    public VolumeAnswers Measuring => new(new VolumeMeter(TimeProvider.System), Roots, Wrapped, TimeProvider.System);

    public VolumeDiscovery Discovery => new(Wrapped, TimeProvider.System, NullLogger<VolumeDiscovery>.Instance);

    public VirtSparsify Tool => new(Wrapped, Appliance, TimeProvider.System);

    public JobJournal Journal => new(Wrapped, NullLogger<JobJournal>.Instance);

    public string File(string name) => Path.Combine(Storage, name);

    public static SparsifyVolume Job(string path = "disk.img", VolumeFormat format = VolumeFormat.Raw, bool allowSnapshots = false) => new()
    {
        OperationId = Guid.NewGuid(),
        DiskId = Guid.NewGuid(),
        Attempt = 1,
        Generation = 7,
        Host = "host-a",
        StorageDomain = Domain,
        Path = path,
        Format = format,
        AllowSnapshots = allowSnapshots,
        MinReclaimable = 0,
        Force = false,
        LeaseDuration = TimeSpan.FromMinutes(5),
    };

    /// <summary>An attempt that has to run whatever there is to gain.</summary>
    public static AttemptRecord Attempt(string path = "disk.qcow2") => new() { Job = Job(path, VolumeFormat.Qcow2) with { Force = true } };

    /// <summary>Runs virt-sparsify, or what stands in for it.</summary>
    public async Task<RunResult> RunAsync(string path, VolumeFormat format, Action<int>? started = null, LifelinePipe? pipe = null, string? folder = null, CancellationToken stop = default, CancellationToken fence = default)
    {
        await Appliance.ExamineAsync(CancellationToken.None);
        return await Tool.RunAsync(path, format, RunPlan.Unknown, folder ?? Folder.Folder($"run-{Guid.NewGuid():N}"), process => started?.Invoke(process), _ => { }, pipe ?? new LifelinePipe(TimeSpan.FromSeconds(20), TimeProvider.System), stop, fence);
    }

    public void Dispose()
    {
        Appliance.Dispose();
        Folder.Dispose();
    }
}
