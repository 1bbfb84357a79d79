using Microsoft.Extensions.Options;

namespace Sparsify.HostWorker;

/// <summary>Keeps two workers from sharing one scratch folder: each would take the other's runs for its own dead ones.</summary>
internal sealed class ScratchLock(IOptions<HostWorkerOptions> options) : IHostedService, IDisposable
{
    private FileStream? _held;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var folder = options.Value.Scratch;
        try
        {
            Directory.CreateDirectory(folder);
            _held = new FileStream(Path.Combine(folder, "worker.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"The scratch folder '{folder}' cannot be used: {e.Message} Is another worker running on it? Give each its own {HostWorkerOptions.Section}:Scratch.", e);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _held?.Dispose();
}
