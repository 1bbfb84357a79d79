using System.Diagnostics;
using System.Globalization;

namespace Sparsify.Testing.Processes;

/// <summary>
/// A program that ends with the process that started it, however that ends: a small parent holds the other end of a
/// pipe. Its output goes to a file.
/// </summary>
public sealed class LifelineProcess : IAsyncDisposable
{
    // Job control (-m) gives the program a process group and the usual signals: a script's background jobs ignore SIGINT.
    private const string Script = """
        exec 3<&0 0</dev/null 2>/dev/null
        log=$1 pidfile=$2 signal=$3; shift 3
        set -m
        "$@" 3<&- >>"$log" 2>&1 & child=$!
        echo "$child" >"$pidfile.new" && mv "$pidfile.new" "$pidfile"
        # One that stands still could not obey.
        { cat <&3 >/dev/null; kill "-$signal" "$child"; kill -CONT "$child"; } &
        watcher=$!
        # Not «wait -f»: when the child ends just then bash 5.2 may forget it, and ask for it for ever.
        wait "$child"
        while kill -0 "$child"; do sleep 0.2; wait "$child"; done
        wait "$child"; code=$?
        kill -- "-$watcher"
        exit "$code"
        """;

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private readonly Process _parent;
    private readonly string _log;

    private LifelineProcess(Process parent, int id, string log) => (_parent, Id, _log) = (parent, id, log);

    /// <summary>The program's process id.</summary>
    public int Id { get; }

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => _parent.HasExited;

    /// <summary>Everything it wrote so far.</summary>
    public string Log => File.Exists(_log) ? File.ReadAllText(_log) : "";

    /// <summary>Starts a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="log">The file that takes its output.</param>
    /// <param name="environment">Variables beside those of this process.</param>
    /// <param name="workingDirectory">Where it runs.</param>
    /// <param name="stopSignal">What ends it in order.</param>
    public static LifelineProcess Start(
        string program, IReadOnlyList<string> arguments, string log, IReadOnlyDictionary<string, string?>? environment = null, string? workingDirectory = null, string stopSignal = "TERM")
    {
        var pidFile = log + ".pid";
        File.Delete(pidFile);
        var start = new ProcessStartInfo("bash", ["-c", Script, "lifeline", log, pidFile, stopSignal, program, .. arguments]) { RedirectStandardInput = true, WorkingDirectory = workingDirectory };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
        var parent = Process.Start(start)!;
        while (!File.Exists(pidFile))
        {
            if (parent.HasExited)
                throw new InvalidOperationException($"'{program}' could not be started.");
            Thread.Sleep(10);
        }

        return new LifelineProcess(parent, int.Parse(File.ReadAllText(pidFile), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture), log);
    }

    /// <summary>Waits until a condition holds; a failed connection counts as «not yet».</summary>
    /// <exception cref="InvalidOperationException">It ended before.</exception>
    /// <exception cref="TimeoutException">It took too long.</exception>
    public async Task WaitUntilAsync(Func<Task<bool>> condition, TimeSpan limit, string what)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < limit)
        {
            if (HasEnded)
                throw new InvalidOperationException($"The process ended before {what}. Its log:\n{Log}");
            try
            {
                if (await condition())
                    return;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException)
            {
                // Not yet.
            }

            await Task.Delay(Poll);
        }

        throw new TimeoutException($"After {limit} still waiting until {what}. Its log:\n{Log}");
    }

    /// <summary>SIGKILL, as a crash or the kernel's out-of-memory killer would.</summary>
    public async Task KillAsync()
    {
        try
        {
            using var victim = Process.GetProcessById(Id);
            victim.Kill();
        }
        catch (ArgumentException)
        {
            // It has just ended by itself.
        }

        await _parent.WaitForExitAsync();
    }

    /// <summary>Waits for its end, which somebody else brought about.</summary>
    public Task GoneAsync() => _parent.WaitForExitAsync();

    /// <summary>Ends it in order, and waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        _parent.StandardInput.Close();
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            await _parent.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            await KillAsync();
            throw new TimeoutException($"The process did not end within {StopLimit} after it was told to. Its log:\n{Log}");
        }

        return _parent.ExitCode;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (!HasEnded)
            await StopAsync();
        _parent.Dispose();
    }
}
