using System.ComponentModel.DataAnnotations;
using Sparsify.Contracts;
using Sparsify.Scanner.Thresholds;
using Xunit;

namespace Sparsify.Scanner.Tests.Thresholds;

/// <summary>When figures pass thresholds, and when they no longer do.</summary>
public sealed class NeedTests
{
    private static readonly SparsifyThresholds Both = new(Bytes: 1000, Share: 0.1);

    [Theory]
    [InlineData(1000, 10_000, true)]
    [InlineData(999, 5000, false)]
    [InlineData(1000, 10_001, false)]
    [InlineData(5000, 100_000, false)]
    [InlineData(0, 0, false)]
    public void Both_must_be_passed(long reclaimable, long actualSize, bool passes) => Assert.Equal(passes, Both.Passes(reclaimable, actualSize));

    [Theory]
    [InlineData(800, 8000, false)]
    [InlineData(799, 1000, true)]
    [InlineData(1000, 12_500, false)]
    [InlineData(1000, 12_501, true)]
    [InlineData(0, 0, true)]
    public void It_is_over_when_one_is_missed_by_a_fifth(long reclaimable, long actualSize, bool isBelow) => Assert.Equal(isBelow, Both.IsClearlyBelow(reclaimable, actualSize));

    [Fact]
    public void Thresholds_of_zero_are_passed_by_anything_but_nothing()
    {
        var none = new SparsifyThresholds(0, 0);
        Assert.True(none.Passes(1, 1 << 30));
        Assert.False(none.Passes(0, 1 << 30));
        Assert.True(none.IsClearlyBelow(0, 1 << 30));
    }

    [Fact]
    public void A_storage_domain_has_its_own_and_takes_the_rest_from_the_wider_ones()
    {
        var options = new ScannerOptions { Thresholds = { Share = 0.2 } };
        options.StorageDomains["fast"] = new ThresholdOptions { Bytes = 5 };
        Assert.Equal(new SparsifyThresholds(5, 0.2), options.ThresholdsOf("fast"));
        Assert.Equal(new SparsifyThresholds(1 << 30, 0.2), options.ThresholdsOf("slow"));
    }

    [Fact]
    public void A_share_that_is_none_is_refused_with_its_place()
    {
        var options = new ScannerOptions();
        options.StorageDomains["fast"] = new ThresholdOptions { Share = 10 };
        Assert.Contains("Sparsify:Scanner:StorageDomains:fast", Assert.Single(options.Validate(new ValidationContext(options))).ErrorMessage, StringComparison.Ordinal);
    }
}
