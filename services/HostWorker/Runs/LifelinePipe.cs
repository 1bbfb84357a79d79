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
    private readonly Channel<(long At, TimeSpan Lasts)?> _lines = Channel.CreateUnbounded<(long At, TimeSpan Lasts)?>();

    /// <summary>In whole seconds.</summary>
    public string Grace { get; } = Math.Floor(grace.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    /// <summary>The program's standard input.</summary>
    public PipeSource Source => PipeSource.Create(WriteAsync);

    /// <summary>The program may go on for a time, counted from a timestamp.</summary>
    public void Hold(long at, TimeSpan lasts) => _lines.Writer.TryWrite((at, lasts));

    /// <summary>The program is to end, with SIGINT.</summary>
    public void Stop() => _lines.Writer.TryWrite(null);

    private async Task WriteAsync(Stream pipe, CancellationToken cancellationToken)
    {
        await foreach (var line in _lines.Reader.ReadAllAsync(cancellationToken))
        {
            // Counted now: what was said before the program had started is old.
            var text = line is { } lease ? Math.Max(0, Math.Floor((lease.Lasts - time.GetElapsedTime(lease.At)).TotalSeconds)).ToString(CultureInfo.InvariantCulture) : "stop";
            await pipe.WriteAsync(Encoding.ASCII.GetBytes($"{text}\n"), cancellationToken);
            await pipe.FlushAsync(cancellationToken);
        }
    }
}
