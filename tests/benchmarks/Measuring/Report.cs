using Spectre.Console;

namespace Sparsify.Benchmarks.Measuring;

/// <summary>What was measured, each with its aim.</summary>
internal sealed class Report
{
    private readonly List<(string What, string Figure, string Aim, bool Met)> _rows = [];

    public void Add(string what, string figure, string aim, bool met)
    {
        _rows.Add((what, figure, aim, met));
        AnsiConsole.MarkupLineInterpolated($"{what}: {figure}");
    }

    public void Print()
    {
        var table = new Table().AddColumns("what", "figure", "aim", "met");
        foreach (var (what, figure, aim, met) in _rows)
            table.AddRow(Markup.Escape(what), Markup.Escape(figure), Markup.Escape(aim), met ? "[green]yes[/]" : "[red]NO[/]");
        AnsiConsole.Write(table);
    }
}
