using Sparsify.HostWorker.Runs;
using Xunit;

namespace Sparsify.HostWorker.Tests.Runs;

public sealed class RunProgressTests
{
    private static readonly RunPlan Plan = new(
    [
        new PlannedStep("/dev/sda1", "ext4", 700),
        new PlannedStep("/dev/sda2", "btrfs", 200),
        new PlannedStep("/dev/sda3", "swap", 100),
        new PlannedStep("vg", "free space", 0),
    ]);

    [Fact]
    public void Progress_is_the_share_of_planned_bytes_whose_step_is_done()
    {
        var progress = new RunProgress(Plan);
        var seen = new List<double>();
        foreach (var step in new[] { "Trimming /dev/sda1", "Trimming btrfsvol:/dev/sda2/root", "Trimming btrfsvol:/dev/sda2/home", "Clearing Linux swap on /dev/sda3", "Discard space in volgroup vg" })
        {
            progress.See(new RunMessage("message", step));
            seen.Add(progress.Fraction);
        }

        Assert.Equal([0, 0.7, 0.7, 0.9, 1], seen);
        Assert.Empty(progress.NotDone);
    }

    [Fact]
    public void A_planned_step_that_never_came_is_named()
    {
        var progress = new RunProgress(Plan);
        progress.See(new RunMessage("message", "Trimming /dev/sda1"));
        progress.See(new RunMessage("message", "Clearing Linux swap on /dev/sda3"));
        Assert.Equal(
            ["/dev/sda2 (btrfs) was passed over in silence; 200 bytes were planned for it.", "vg (free space) was passed over in silence; 0 bytes were planned for it."],
            progress.NotDone);
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
