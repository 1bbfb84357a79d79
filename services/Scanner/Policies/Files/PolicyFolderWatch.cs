using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Messaging;

namespace Sparsify.Scanner.Policies.Files;

/// <summary>Reads the folder of policies at the start, when something in it changes, and every so often: not every file system tells of changes.</summary>
internal sealed class PolicyFolderWatch(IServiceScopeFactory scopes, TimeProvider time, IOptions<ScannerOptions> options, ILogger<PolicyFolderWatch> logger) : BackgroundService
{
    /// <summary>A file is often written in several steps.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(300);

    private readonly SemaphoreSlim _changed = new(0, 1);
    private readonly Dictionary<string, string> _seen = new(StringComparer.Ordinal);
    private bool _read;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        FileSystemWatcher? watcher = null;
        try
        {
            do
            {
                watcher ??= Watch();
                await TryReadAsync(stoppingToken);
                // Without a folder one look is enough: policies from files that there once were are gone.
                if (options.Value.PolicyFolder is null && _read)
                    return;
                await _changed.WaitAsync(options.Value.PolicyFolderInterval, stoppingToken);
                await Task.Delay(Settle, time, stoppingToken);
            }
            while (!stoppingToken.IsCancellationRequested);
        }
        finally
        {
            watcher?.Dispose();
        }
    }

    private async Task TryReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<PolicyFolder>().ApplyAsync(_seen, cancellationToken);
            _read = true;
        }
        catch (Exception e) when (DatabaseFailures.IsUnavailable(e) || e is DbUpdateException or IOException or UnauthorizedAccessException)
        {
            logger.LogWarning("The folder of policies could not be read ({Reason}); what its files last said stays in force. Trying again in {Interval}.", e.GetBaseException().Message, options.Value.PolicyFolderInterval);
        }
    }

    private FileSystemWatcher? Watch()
    {
        if (options.Value.PolicyFolder is not { } folder || !Directory.Exists(folder))
            return null;
        var watcher = new FileSystemWatcher(folder);
        watcher.Changed += (_, _) => Signal();
        watcher.Created += (_, _) => Signal();
        watcher.Deleted += (_, _) => Signal();
        watcher.Renamed += (_, _) => Signal();
        try
        {
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (IOException e)
        {
            logger.LogWarning("{Folder} cannot be watched ({Reason}); its files are read every {Interval}.", folder, e.Message, options.Value.PolicyFolderInterval);
            watcher.Dispose();
            return null;
        }
    }

    private void Signal()
    {
        lock (_seen)
        {
            if (_changed.CurrentCount == 0)
                _changed.Release();
        }
    }

    public override void Dispose()
    {
        _changed.Dispose();
        base.Dispose();
    }
}
