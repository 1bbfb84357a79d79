using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Sparsify.ServiceDefaults;
using Xunit;

namespace Sparsify.Platform.Tests.Configuration;

/// <summary>The limits of durations in options.</summary>
public sealed class DurationRangeTests
{
    [Theory]
    [InlineData("00:00:00.9", false)]
    [InlineData("00:00:01", true)]
    [InlineData("2.00:00:00", true)]
    [InlineData("2.00:00:00.1", false)]
    public void Both_limits_are_allowed(string duration, bool valid) =>
        Assert.Equal(valid, new DurationRangeAttribute("00:00:01", "2.00:00:00").IsValid(TimeSpan.Parse(duration, CultureInfo.InvariantCulture)));

    [Fact]
    public void What_is_out_of_range_is_told_with_the_range()
    {
        var refused = new DurationRangeAttribute("00:00:01", "00:05:00").GetValidationResult(TimeSpan.Zero, new ValidationContext(this) { DisplayName = "Delay" });
        Assert.Equal("The field Delay must be between 00:00:01 and 00:05:00.", refused?.ErrorMessage);
    }

    /// <summary>As where two options of one type are looked at for the first time.</summary>
    [Fact]
    public void Threads_that_come_first_together_get_the_same_answer()
    {
        for (var round = 0; round < 2000; round++)
        {
            var range = new DurationRangeAttribute("00:00:01", "00:05:00");
            Parallel.For(0, 4, _ => Assert.True(range.IsValid(TimeSpan.FromMinutes(1))));
        }
    }
}
