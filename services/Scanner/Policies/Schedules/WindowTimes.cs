using System.Globalization;
using Sparsify.Contracts;

namespace Sparsify.Scanner.Policies.Schedules;

/// <summary>Whether a window is open. Each instant is judged by the clock on the wall, so that no change of the clocks is a special case.</summary>
internal static class WindowTimes
{
    /// <summary>How times are written.</summary>
    public const string TimeFormat = "HH:mm";

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Horizon = TimeSpan.FromDays(2);

    /// <summary>Operations may start.</summary>
    public static bool IsOpen(this PolicyWindow? window, DateTimeOffset instant)
    {
        if (window is null)
            return true;
        var there = TimeZoneInfo.ConvertTime(instant, TimeZones.Of(window.TimeZone));
        var (time, from, to) = (TimeOnly.FromTimeSpan(there.TimeOfDay), Time(window.From), Time(window.To));
        var today = OpensOn(window, there.DayOfWeek);
        return from < to
            ? today && time >= from && time < to
            : (today && time >= from) || (OpensOn(window, there.AddDays(-1).DayOfWeek) && time < to);
    }

    /// <summary>When a window that is open closes; null when it is closed, or stays open for days.</summary>
    public static DateTimeOffset? ClosesAt(this PolicyWindow? window, DateTimeOffset instant)
    {
        if (window is null || !window.IsOpen(instant))
            return null;
        // Windows and changes of the clocks begin and end on whole minutes: looking at each needs no arithmetic that could be wrong.
        var minute = new DateTimeOffset(instant.UtcTicks - (instant.UtcTicks % Minute.Ticks), TimeSpan.Zero);
        for (var next = minute + Minute; next < instant + Horizon; next += Minute)
        {
            if (!window.IsOpen(next))
                return next;
        }

        return null;
    }

    /// <summary>Reads a time of the day.</summary>
    public static bool TryTime(string? text, out TimeOnly time) => TimeOnly.TryParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out time);

    private static TimeOnly Time(string text) => TimeOnly.ParseExact(text, TimeFormat, CultureInfo.InvariantCulture);

    private static bool OpensOn(PolicyWindow window, DayOfWeek day) => window.Days.Count == 0 || window.Days.Contains(DayOf(day));

    /// <summary>Our weeks begin on Monday.</summary>
    private static PolicyDay DayOf(DayOfWeek day) => (PolicyDay)(((int)day + 6) % 7);
}
