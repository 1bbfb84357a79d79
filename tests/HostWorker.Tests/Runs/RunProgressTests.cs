using Sparsify.HostWorker.Runs;
using Xunit;

namespace Sparsify.HostWorker.Tests.Runs;

public sealed class RunProgressTests
{
    [Fact]
    public void Progress_only_rises_and_is_not_at_its_end_before_the_run_is()
    {
        var progress = new RunProgress();
        var seen = new List<double> { progress.Fraction };
        for (var i = 0; i < 50; i++)
        {
            progress.See(new RunMessage("message", $"Trimming /dev/sda{i}"));
            seen.Add(progress.Fraction);
        }

        Assert.Equal(seen.Order(), seen);
        Assert.True(seen[^1] < 1);
        Assert.Equal((50, "Trimming /dev/sda49"), (progress.Steps.Count, progress.Stage));
    }

    [Theory]
    [InlineData("""{"message":"Trimming /dev/sda1","timestamp":"t","type":"message"}""", true)]
    [InlineData("[   3.1] Trimming /dev/sda1", false)]
    [InlineData("12/100", false)]
    [InlineData("""{"message":""", false)]
    [InlineData("""{"message":17,"type":"message"}""", false)]
    [InlineData("{}", false)]
    public void Only_whole_JSON_messages_count(string line, bool counts) => Assert.Equal(counts, RunMessage.Parse(line) is not null);

    [Fact]
    public void A_growing_file_is_read_line_by_line_even_when_a_line_comes_in_pieces()
    {
        var path = Path.GetTempFileName();
        try
        {
            var reader = new MessageReader(path);
            Assert.Empty(reader.ReadNew());
            File.AppendAllText(path, "first\nse");
            Assert.Equal(["first"], reader.ReadNew());
            File.AppendAllText(path, "cönd\nthird\n");
            Assert.Equal(["secönd", "third"], reader.ReadNew());
        }
        finally
        {
            File.Delete(path);
        }
    }
}
