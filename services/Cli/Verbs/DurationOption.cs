using System.CommandLine;
using System.Globalization;

namespace Sparsify.Cli.Verbs;

/// <summary>Options such as <c>--scan-every 6h</c>.</summary>
internal static class DurationOption
{
    public static Option<TimeSpan?> Create(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "6h",
        CustomParser = result =>
        {
            var given = result.Tokens[0].Value;
            if (Parse(given) is { } duration)
                return duration;
            result.AddError($"'{given}' is not a duration such as 90s, 30m, 6h or 1d.");
            return null;
        },
    };

    private static TimeSpan? Parse(string text)
    {
        if (text.Length < 2 || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return null;
        var unit = text[^1] switch { 's' => TimeSpan.FromSeconds(1), 'm' => TimeSpan.FromMinutes(1), 'h' => TimeSpan.FromHours(1), 'd' => TimeSpan.FromDays(1), _ => TimeSpan.Zero };
        return unit == TimeSpan.Zero || number == 0 || number > TimeSpan.MaxValue / unit ? null : unit * number;
    }
}
