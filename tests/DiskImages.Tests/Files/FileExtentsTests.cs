using Sparsify.DiskImages.Files;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Processes;
using Xunit;

namespace Sparsify.DiskImages.Tests.Files;

public sealed class FileExtentsTests
{
    private const long From = 100L << 20;
    private const long To = 160L << 20;

    [Fact]
    public async Task Data_that_is_being_written_back_is_neither_a_hole_nor_unwritten()
    {
        using var folder = TestFolder.Create("extents");
        var data = new byte[To - From];
        Random.Shared.NextBytes(data);
        var asked = 0;
        for (var round = 0; round < 5; round++)
        {
            using var file = File.OpenHandle(folder.File($"{round}.img"), FileMode.CreateNew, FileAccess.ReadWrite);
            RandomAccess.SetLength(file, 400L << 20);
            RandomAccess.Write(file, data, From);
            var flush = Task.Run(() => RandomAccess.FlushToDisk(file), TestContext.Current.CancellationToken);
            do
            {
                var extents = FileExtents.Of(file, 400L << 20, file.ToString()!);
                Assert.Equal((data.Length, false, false), (extents.Total, extents.AnyUnwritten, extents.ReadsAsZeros(From, To)));
                asked++;
            }
            while (!flush.IsCompleted);
            await flush;
        }

        Assert.True(asked > 5, $"{asked}");
    }

    [Fact]
    public async Task Reserved_space_is_told_from_filled_space()
    {
        using var folder = TestFolder.Create("extents");
        await Tools.RunAsync("fallocate", "-l", "4M", folder.File("reserved"));
        await Tools.RunAsync("dd", "if=/dev/zero", $"of={folder.File("filled")}", "bs=1M", "count=4", "status=none");
        Assert.True(Preallocation.AnyIn(folder.File("reserved")));
        Assert.False(Preallocation.AnyIn(folder.File("filled")));
    }
}
