namespace Sparsify.HostWorker.Runs;

/// <summary>The calls that libguestfs traces (<c>-x</c>) on the error output, each before it is made, and again with its result.</summary>
internal static class RunTrace
{
    private const string Trace = "libguestfs: trace: ";

    /// <summary>The call or result that a line tells; null for another line. It may stand anywhere: the appliance's console comes in pieces, and a trace may follow one that ends within a line.</summary>
    public static string? CallIn(string line) => Split(line).Call;

    /// <summary>A line's piece of the console, and the call behind it where there is one.</summary>
    public static (string Console, string? Call) Split(string line) => line.IndexOf(Trace, StringComparison.Ordinal) is >= 0 and var at ? (line[..at], line[(at + Trace.Length)..]) : (line, null);
}
