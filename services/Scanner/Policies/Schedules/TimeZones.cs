using System.Text.RegularExpressions;

namespace Sparsify.Scanner.Policies.Schedules;

/// <summary>Time zones by their IANA names.</summary>
internal static partial class TimeZones
{
    /// <summary>The zone of a name; UTC when none is given.</summary>
    /// <exception cref="TimeZoneNotFoundException">There is no such zone here; a policy that is kept names one that was there when it came.</exception>
    public static TimeZoneInfo Of(string? name) => name is null ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(name);

    /// <summary>Whether there is a zone of that name. Only what can be a name is looked up: it becomes part of a path.</summary>
    public static bool IsKnown(string name) => Name().IsMatch(name) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out _);

    [GeneratedRegex(@"^[A-Za-z0-9_+-]{1,32}(/[A-Za-z0-9_+-]{1,32}){0,2}\z")]
    private static partial Regex Name();
}
