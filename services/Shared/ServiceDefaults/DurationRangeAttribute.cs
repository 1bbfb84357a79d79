using System.ComponentModel.DataAnnotations;

namespace Sparsify.ServiceDefaults;

/// <summary>A duration must lie between two others, both included.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationRangeAttribute : RangeAttribute
{
    /// <param name="minimum">The shortest, as <c>[days.]hours:minutes:seconds</c>.</param>
    /// <param name="maximum">The longest, written likewise.</param>
    public DurationRangeAttribute(string minimum, string maximum)
        : base(typeof(TimeSpan), minimum, maximum)
    {
        ParseLimitsInInvariantCulture = true;
        // The limits are converted at the first use, and two threads that come first together see them half converted:
        // one attribute serves all options of its type in a process.
        IsValid(TimeSpan.Zero);
    }
}
