using Microsoft.Extensions.Options;
using Sparsify.HostWorker.Jobs;

namespace Sparsify.HostWorker;

/// <summary>Keeps two workers from sharing one scratch folder: each would take the other's runs for its own dead ones.</summary>
internal sealed class ScratchLock(IOptions<HostWorkerOptions> options) : IHostedLifecycleService, IDisposable
{
    private FileStream? _held;

    /// <summary>Before anything is read in the folder: what the journal holds is ended as of a former worker in this step too, by services that are registered later.</summary>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        var folder = options.Value.Scratch;
        try
        {
            DurableFolder.Create(folder);
            _held = new FileStream(Path.Combine(folder, "worker.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"The scratch folder '{folder}' cannot be used: {e.Message} Is another worker running on it? Give each its own {HostWorkerOptions.Section}:Scratch.", e);
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _held?.Dispose();
}
