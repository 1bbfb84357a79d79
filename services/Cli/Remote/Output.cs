using System.Text.Json;
using Spectre.Console;

namespace Sparsify.Cli.Remote;

/// <summary>Prints for people or for programs.</summary>
internal sealed class Output(bool json)
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerOptions.Web) { WriteIndented = true };

    private const int WideEnough = 250;

    public bool IsJson => json;

    public void Write<T>(T value, Func<T, Table> table)
    {
        if (json)
            Console.WriteLine(JsonSerializer.Serialize(value, Indented));
        else
            AnsiConsole.Write(table(value));
    }

    /// <summary>What is read by a program is not cut to a terminal's width.</summary>
    static Output()
    {
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = WideEnough;
    }

    public static Table Table(params string[] columns) => new Table().Border(TableBorder.Rounded).AddColumns(columns);

    /// <summary>Bytes in the binary unit that fits.</summary>
    public static string Bytes(long? bytes)
    {
        if (bytes is not { } value)
            return "-";
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
        var (size, unit) = ((double)value, 0);
        while (Math.Abs(size) >= 1024 && unit < units.Length - 1)
            (size, unit) = (size / 1024, unit + 1);
        return unit == 0 ? $"{value} B" : FormattableString.Invariant($"{size:0.0} {units[unit]}");
    }
}
