using System.Text.Json;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.HostWorker.Processes;
using Sparsify.HostWorker.Runs;

namespace Sparsify.HostWorker.Capabilities;

/// <summary>
/// Finds out once how the appliance starts here, and remembers it. Where it does not start, or has stopped starting, that is
/// tried again from time to time.
/// </summary>
internal sealed class AppliancePreparation(IOptions<HostWorkerOptions> options, TimeProvider time, ILogger<AppliancePreparation> logger) : IDisposable
{
    private const int FailuresInARow = 3;
    private static readonly TimeSpan VersionLimit = TimeSpan.FromSeconds(15);
    private readonly SemaphoreSlim _once = new(1);
    private HostCapabilities? _known;
    private long? _failedAt;
    private int _failedRuns;

    /// <summary>What the environment of a run needs.</summary>
    public IReadOnlyDictionary<string, string?> EnvironmentOf(string runMark) => new Dictionary<string, string?>(EnvironmentFor(_known?.Accelerator)) { [RunMark.Variable] = runMark };

    /// <summary>What is there when the machine has KVM.</summary>
    public string KvmDevice { get; init; } = "/dev/kvm";

    /// <summary>Why no appliance starts here, in the tools' words; null when one does.</summary>
    public string? Failure { get; private set; }

    /// <inheritdoc />
    public void Dispose() => _once.Dispose();

    /// <summary>Notes how a run's appliance did: after some failures in a row the host takes no more work, and the appliance is tried anew later.</summary>
    /// <param name="failure">Why it did not start; null when it did.</param>
    public void Note(string? failure)
    {
        if (failure is null)
        {
            Interlocked.Exchange(ref _failedRuns, 0);
            return;
        }

        if (Interlocked.Increment(ref _failedRuns) < FailuresInARow || _known is not { Accelerator: not null } known)
            return;
        logger.LogError("The appliance did not start for {Count} runs in a row: this host takes no work until it starts again. {Failure}", FailuresInARow, failure);
        File.Delete(MemoryFile);
        (Failure, _failedAt, _failedRuns) = ($"The appliance did not start for {FailuresInARow} runs in a row: {failure}", time.GetTimestamp(), 0);
        _known = known with { Accelerator = null };
    }

    /// <summary>Tries what is not yet known. Starting an appliance takes seconds, the first time more. What cannot be found out is no capability, and <see cref="Failure"/> says why.</summary>
    public async Task<HostCapabilities> ExamineAsync(CancellationToken cancellationToken)
    {
        await _once.WaitAsync(cancellationToken);
        try
        {
            if (_known is { Accelerator: not null } || (_known is not null && _failedAt is { } failedAt && time.GetElapsedTime(failedAt) < options.Value.ApplianceRetryInterval))
                return _known;
            return _known = await LookAsync(cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or IOException or UnauthorizedAccessException)
        {
            // A machine that is so busy now, or whose disk is full, may not be later.
            logger.LogWarning("What this host can do cannot be found out now: {Reason}", e.Message);
            (Failure, _failedAt) = ($"What it can do cannot be found out: {e.Message}", time.GetTimestamp());
            return _known = new HostCapabilities(null, [], null, null);
        }
        finally
        {
            _once.Release();
        }
    }

    private async Task<HostCapabilities> LookAsync(CancellationToken cancellationToken)
    {
        var version = await VersionAsync(options.Value.VirtSparsify, cancellationToken);
        var qemu = await VersionAsync("qemu-img", cancellationToken);
        var (accelerator, features) = version is null ? (null, []) : Remembered(version) ?? await TryAsync(cancellationToken);
        _failedAt = accelerator is null && version is not null ? time.GetTimestamp() : null;
        if (version is null)
            Failure = $"'{options.Value.VirtSparsify}' is not installed; install guestfs-tools (Debian: libguestfs-tools).";
        if (accelerator is not null)
        {
            Failure = null;
            Remember(version!, accelerator, features);
        }

        return new HostCapabilities(version, features, accelerator, qemu);
    }

    private async Task<(string? Accelerator, IReadOnlyList<string> Features)> TryAsync(CancellationToken cancellationToken)
    {
        var trial = new ApplianceTrial(options, time, logger);
        if (await trial.RunAsync([.. Candidates()], EnvironmentFor, cancellationToken) is { } found)
            return found;
        Failure = trial.Failure;
        return (null, []);
    }

    private IEnumerable<string> Candidates() => options.Value.Accelerator switch
    {
        AcceleratorChoice.Kvm => ["kvm"],
        AcceleratorChoice.Tcg => ["tcg"],
        _ => File.Exists(KvmDevice) ? ["kvm", "tcg"] : ["tcg"],
    };

    private Dictionary<string, string?> EnvironmentFor(string? accelerator)
    {
        var cache = Path.Combine(options.Value.Scratch, "appliance");
        Directory.CreateDirectory(cache);
        return new Dictionary<string, string?>
        {
            ["LIBGUESTFS_BACKEND"] = "direct",
            ["LIBGUESTFS_BACKEND_SETTINGS"] = accelerator == "tcg" ? "force_tcg" : null,
            ["LIBGUESTFS_CACHEDIR"] = cache,
            ["LC_ALL"] = "C",
        };
    }

    private static async Task<string?> VersionAsync(string tool, CancellationToken cancellationToken) =>
        await ToolOutput.RunAsync(tool, ["--version"], VersionLimit, cancellationToken: cancellationToken) is { ExitCode: 0 } run
            ? run.StandardOutput.Split('\n')[0].Trim()
            : null;

    private (string? Accelerator, IReadOnlyList<string> Features)? Remembered(string version)
    {
        if (!File.Exists(MemoryFile))
            return null;
        try
        {
            var memory = JsonSerializer.Deserialize<Memory>(File.ReadAllText(MemoryFile));
            return memory is { Accelerator: not null } && memory.Machine == Machine(version) && Candidates().Contains(memory.Accelerator)
                ? (memory.Accelerator, memory.Features)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Remember(string version, string accelerator, IReadOnlyList<string> features)
    {
        try
        {
            File.WriteAllText(MemoryFile, JsonSerializer.Serialize(new Memory(Machine(version), accelerator, features)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning("'{File}' cannot be written, so the next start tries the appliance again: {Reason}", MemoryFile, e.Message);
        }
    }

    private string MemoryFile => Path.Combine(options.Value.Scratch, "appliance.json");

    /// <summary>Another kernel or another tool: try again.</summary>
    private string Machine(string version) => $"{version}; {System.Environment.OSVersion.VersionString}; kvm {File.Exists(KvmDevice)}";

    private sealed record Memory(string Machine, string? Accelerator, IReadOnlyList<string> Features);
}
