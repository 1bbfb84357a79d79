using System.Globalization;
using System.Text;
using System.Threading.Channels;
using CliWrap;

namespace Sparsify.HostWorker.Runs;

/// <summary>What the worker tells a <see cref="Lifeline"/>. It ends the program by itself when it is told nothing: the worker may be dead, or frozen.</summary>
/// <param name="grace">How long the program may take to end on SIGINT once its lease is over, before it is killed.</param>
/// <param name="time">The monotonic clock.</param>
internal sealed class LifelinePipe(TimeSpan grace, TimeProvider time)
{
    private readonly Channel<Lease?> _lines = Channel.CreateUnbounded<Lease?>();
    private volatile Lease? _last;

    /// <summary>In whole seconds.</summary>
    public string Grace { get; } = Math.Floor(grace.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    /// <summary>For how many whole seconds the lease holds from now on; empty when nothing was said of one.</summary>
    public string Left => _last is { } last ? Seconds(last) : "";

    /// <summary>The program's standard input. A second program, after the end of the first, is told what the first was told last.</summary>
    public PipeSource Source => PipeSource.Create(WriteAsync);

    /// <summary>The program may go on for a time, counted from a timestamp.</summary>
    public void Hold(long at, TimeSpan lasts) => _lines.Writer.TryWrite(_last = new Lease(at, lasts));

    /// <summary>The program is to end, with SIGINT.</summary>
    public void Stop() => _lines.Writer.TryWrite(null);

    private async Task WriteAsync(Stream pipe, CancellationToken cancellationToken)
    {
        if (_last is { } last)
            await WriteAsync(pipe, last, cancellationToken);
        await foreach (var line in _lines.Reader.ReadAllAsync(cancellationToken))
            await WriteAsync(pipe, line, cancellationToken);
    }

    private async Task WriteAsync(Stream pipe, Lease? line, CancellationToken cancellationToken)
    {
        // Counted now: what was said before the program had started is old.
        var text = line is null ? "stop" : Seconds(line);
        await pipe.WriteAsync(Encoding.ASCII.GetBytes($"{text}\n"), cancellationToken);
        await pipe.FlushAsync(cancellationToken);
    }

    private string Seconds(Lease lease) => Math.Max(0, Math.Floor((lease.Lasts - time.GetElapsedTime(lease.At)).TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    private sealed record Lease(long At, TimeSpan Lasts);
}
