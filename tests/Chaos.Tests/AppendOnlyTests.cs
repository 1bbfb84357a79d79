using Sparsify.Chaos.StandIn;
using Sparsify.Testing.Processes;
using Xunit;

namespace Sparsify.Chaos.Tests;

public sealed class AppendOnlyTests
{
    [Fact]
    public async Task What_many_append_at_once_is_all_there_line_by_line()
    {
        using var folder = TestFolder.Create("append");
        var file = folder.File("records");
        var lines = Enumerable.Range(0, 4000).Select(i => $"{i} {new string('x', i % 200)}").ToList();
        await Parallel.ForEachAsync(lines, new ParallelOptions { MaxDegreeOfParallelism = 8 }, (line, _) =>
        {
            AppendOnly.Write(file, System.Text.Encoding.UTF8.GetBytes(line + "\n"));
            return ValueTask.CompletedTask;
        });
        Assert.Equal(lines.Order(StringComparer.Ordinal), (await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken)).Order(StringComparer.Ordinal));
    }
}
