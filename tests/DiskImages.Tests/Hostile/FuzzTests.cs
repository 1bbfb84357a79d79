using Sparsify.Fuzzing;
using Sparsify.Fuzzing.Seeds;
using Xunit;

namespace Sparsify.DiskImages.Tests.Hostile;

/// <summary>Half a minute of what <c>tests/Fuzzing/run</c> does for hours.</summary>
public sealed class FuzzTests
{
    [Fact]
    public async Task No_input_of_half_a_minute_breaks_a_rule()
    {
        var seeds = await SeedImages.MakeAsync();
        Assert.All(seeds, s => Assert.True(s.Sound.Regions.Count > 0, $"{s.Name} was not recognised"));
        Assert.All(seeds.Where(s => s.Name != "luks"), s => Assert.Contains(s.Sound.Regions, r => r.Device is not null));
        var fuzzer = new Fuzzer(seeds, Random.Shared.Next(1 << 30));
        fuzzer.Run(long.MaxValue, TimeSpan.FromSeconds(30), Environment.ProcessorCount);
        Assert.True(fuzzer.Inputs > 10_000, $"{fuzzer.Inputs} inputs");
        Assert.True(fuzzer.Refused > 0 && fuzzer.Opaque > 0);
    }
}
