using Sparsify.Contracts;
using Sparsify.Scanner.Policies.Schedules;
using Xunit;

namespace Sparsify.Scanner.Tests.Policies;

/// <summary>When policies are due, also when clocks change.</summary>
public sealed class ScheduleTests
{
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Grace = TimeSpan.FromHours(12);

    [Theory]
    // Clocks in Prague go forward on 2026-03-29 at 02:00, and back on 2026-10-25 at 03:00.
    [InlineData("30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("30 2 * * *", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z")]
    [InlineData("30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z")]
    [InlineData("30 2 * * *", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z")]
    [InlineData("0 2 * * *", "2026-07-01T00:00:00Z", "2026-07-02T00:00:00Z")]
    public void A_daily_run_comes_once_a_day(string cron, string after, string next) =>
        Assert.Equal(Samples.At(next), CronSchedule.NextAfter(Prague(cron), Samples.At(after)));

    [Fact]
    public void An_hourly_run_comes_every_hour_that_passes()
    {
        Assert.Equal(23, Count("2026-03-28T23:00:00Z"));
        Assert.Equal(25, Count("2026-10-24T22:00:00Z"));

        // From one midnight in Prague to the next.
        static int Count(string midnight)
        {
            var (at, count) = (Samples.At(midnight).AddTicks(-1), 0);
            var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Prague");
            var day = TimeZoneInfo.ConvertTime(Samples.At(midnight), zone).Date;
            while (CronSchedule.NextAfter(Prague("0 * * * *"), at) is { } next && TimeZoneInfo.ConvertTime(next, zone).Date == day)
                (at, count) = (next, count + 1);
            return count;
        }
    }

    [Theory]
    [InlineData("2026-01-05T02:00:30Z", "2026-01-05T02:00:00Z", DueState.OnTime, false)]
    [InlineData("2026-01-05T05:00:00Z", "2026-01-05T02:00:00Z", DueState.MadeUp, false)]
    [InlineData("2026-01-05T14:00:00Z", "2026-01-05T02:00:00Z", DueState.MadeUp, false)]
    [InlineData("2026-01-05T14:00:01Z", "2026-01-05T02:00:00Z", DueState.Missed, false)]
    [InlineData("2026-01-08T04:00:00Z", "2026-01-08T02:00:00Z", DueState.MadeUp, true)]
    [InlineData("2026-01-08T23:00:00Z", "2026-01-05T02:00:00Z", DueState.Missed, false)]
    internal void What_was_missed_is_made_up_once_when_that_is_not_too_long_ago(string now, string scheduled, DueState state, bool missedBefore)
    {
        var trigger = new PolicyTrigger { Cron = "0 2 * * *" };
        Assert.Equal(new DueRun(Samples.At(scheduled), state, missedBefore), CronSchedule.Decide(trigger, Samples.At("2026-01-05T02:00:00Z"), Samples.At(now), Late, Grace));
    }

    [Fact]
    public void A_run_every_minute_is_made_up_once_after_a_week() =>
        Assert.Equal(
            new DueRun(Samples.At("2026-01-12T00:00:00Z"), DueState.OnTime, true),
            CronSchedule.Decide(new PolicyTrigger { Cron = "* * * * *" }, Samples.At("2026-01-05T00:00:00Z"), Samples.At("2026-01-12T00:00:20Z"), Late, Grace));

    [Theory]
    [InlineData("2026-01-05T00:59:00+01:00", false)]
    [InlineData("2026-01-05T01:00:00+01:00", true)]
    [InlineData("2026-01-05T04:59:59+01:00", true)]
    [InlineData("2026-01-05T05:00:00+01:00", false)]
    [InlineData("2026-01-07T02:00:00+01:00", false)]
    public void A_window_is_open_on_its_days_between_its_times(string at, bool open) =>
        Assert.Equal(open, Window("01:00", "05:00", PolicyDay.Mon, PolicyDay.Tue).IsOpen(Samples.At(at)));

    [Theory]
    [InlineData("2026-01-05T21:59:00+01:00", false)]
    [InlineData("2026-01-05T22:00:00+01:00", true)]
    [InlineData("2026-01-06T04:59:00+01:00", true)]
    [InlineData("2026-01-06T05:00:00+01:00", false)]
    [InlineData("2026-01-06T23:00:00+01:00", false)]
    [InlineData("2026-01-05T04:00:00+01:00", false)]
    public void A_window_over_midnight_belongs_to_the_day_on_which_it_opens(string at, bool open) =>
        Assert.Equal(open, Window("22:00", "05:00", PolicyDay.Mon).IsOpen(Samples.At(at)));

    [Theory]
    // Spring: the wall shows 01:59 and then 03:00. Autumn: it shows 02:00 to 02:59 twice.
    [InlineData("02:15", "02:45", "2026-03-28T23:00:00Z", 0)]
    [InlineData("01:30", "03:30", "2026-03-28T23:00:00Z", 60)]
    [InlineData("01:30", "03:30", "2026-10-24T22:00:00Z", 180)]
    [InlineData("02:15", "02:45", "2026-10-24T22:00:00Z", 60)]
    [InlineData("23:00", "06:00", "2026-03-28T23:00:00Z", 360)]
    [InlineData("00:00", "00:00", "2026-03-28T23:00:00Z", 23 * 60)]
    [InlineData("00:00", "00:00", "2026-10-24T22:00:00Z", 25 * 60)]
    public void Each_minute_is_judged_by_the_clock_on_the_wall(string from, string to, string midnight, int minutes)
    {
        var (start, window) = (Samples.At(midnight), Window(from, to));
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Prague");
        var day = TimeZoneInfo.ConvertTime(start, zone).Date;
        var passed = Enumerable.Range(0, 26 * 60).Select(m => start.AddMinutes(m)).Where(m => TimeZoneInfo.ConvertTime(m, zone).Date == day);
        // The window over midnight is open again at the end of the day.
        Assert.Equal(minutes, passed.Count(m => window.IsOpen(m) && TimeZoneInfo.ConvertTime(m, zone).Hour < (from == "23:00" ? 23 : 24)) + (from == "23:00" ? 60 : 0));
    }

    [Theory]
    [InlineData("01:00", "05:00", "2026-03-29T00:30:30Z", "2026-03-29T03:00:00Z")]
    [InlineData("01:00", "05:00", "2026-10-24T23:30:00Z", "2026-10-25T04:00:00Z")]
    [InlineData("22:00", "05:00", "2026-01-05T22:00:00Z", "2026-01-06T04:00:00Z")]
    [InlineData("01:00", "02:30", "2026-10-24T23:30:00Z", "2026-10-25T00:30:00Z")]
    [InlineData("01:00", "05:00", "2026-01-05T12:00:00Z", null)]
    [InlineData("00:00", "00:00", "2026-01-05T12:00:00Z", null)]
    public void A_window_closes_when_the_wall_says_so(string from, string to, string at, string? closes) =>
        Assert.Equal(closes is null ? null : Samples.At(closes), Window(from, to).ClosesAt(Samples.At(at)));

    [Fact]
    public void Without_a_window_it_is_always_open()
    {
        Assert.True(((PolicyWindow?)null).IsOpen(DateTimeOffset.UnixEpoch));
        Assert.Null(((PolicyWindow?)null).ClosesAt(DateTimeOffset.UnixEpoch));
    }

    private static PolicyTrigger Prague(string cron) => new() { Cron = cron, TimeZone = "Europe/Prague" };

    private static PolicyWindow Window(string from, string to, params PolicyDay[] days) => new() { From = from, To = to, Days = days, TimeZone = "Europe/Prague" };
}
