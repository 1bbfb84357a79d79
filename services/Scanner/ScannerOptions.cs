using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Sparsify.Contracts;
using Sparsify.Scanner.Thresholds;
using Sparsify.Scanner.WebHooks;
using Sparsify.ServiceDefaults;

namespace Sparsify.Scanner;

/// <summary>When disks are measured, when one needs sparsifying, and who is told; section <c>Sparsify:Scanner</c>.</summary>
public sealed partial class ScannerOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Sparsify:Scanner";

    private const int LongestSource = 200;

    private static readonly SparsifyThresholds Default = new(Bytes: 1L << 30, Share: 0.1);

    /// <summary>For all disks: 1 GiB and a tenth of the actual size unless given.</summary>
    public ThresholdOptions Thresholds { get; set; } = new();

    /// <summary>For the disks of a storage domain, by its name.</summary>
    public Dictionary<string, ThresholdOptions> StorageDomains { get; } = new(StringComparer.Ordinal);

    /// <summary>How often each disk is measured at the least, unless it is locked.</summary>
    [DurationRange("00:00:01", "30.00:00:00")]
    public TimeSpan MeasurePeriod { get; set; } = TimeSpan.FromHours(6);

    /// <summary>How long a disk whose size changes again and again, as that of a running VM does, is left alone after it was measured.</summary>
    [DurationRange("00:00:00", "30.00:00:00")]
    public TimeSpan MeasureRest { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long after it was asked for without an answer a disk is asked for again.</summary>
    [DurationRange("00:00:01", "1.00:00:00")]
    public TimeSpan MeasureAnswerLimit { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How often disks that are due are looked for.</summary>
    [DurationRange("00:00:00.1", "1.00:00:00")]
    public TimeSpan MeasureSweepInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many disks of a storage domain may be asked for at a time.</summary>
    [Range(1, 10_000)]
    public int MaximumAsked { get; set; } = 64;

    /// <summary>How long after the last message about it an alert that lasts is said again.</summary>
    [DurationRange("00:00:01", "365.00:00:00")]
    public TimeSpan AlertRepeatInterval { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How often such alerts are looked for.</summary>
    [DurationRange("00:00:00.1", "1.00:00:00")]
    public TimeSpan AlertSweepInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a cleared alert, and the mark of a removed disk, are kept.</summary>
    [DurationRange("00:00:01", "3650.00:00:00")]
    public TimeSpan AlertRetention { get; set; } = TimeSpan.FromDays(90);

    /// <summary>Where news of alerts is posted to, by a name that logs and metrics have.</summary>
    public Dictionary<string, WebHookOptions> WebHooks { get; } = new(StringComparer.Ordinal);

    /// <summary>What posted events name as their source, a URI reference: tells one platform from another.</summary>
    public string EventSource { get; set; } = "/sparsify";

    /// <summary>How often events that are due are looked for.</summary>
    [DurationRange("00:00:00.01", "00:01:00")]
    public TimeSpan WebHookSweepInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long an event is kept that a web hook did not take, after it was given up.</summary>
    [DurationRange("00:00:01", "3650.00:00:00")]
    public TimeSpan WebHookRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The folder whose files give policies; none unless given.</summary>
    public string? PolicyFolder { get; set; }

    /// <summary>How often that folder is read although nothing was heard of a change.</summary>
    [DurationRange("00:00:00.1", "1.00:00:00")]
    public TimeSpan PolicyFolderInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often policies that are due, and runs that can go on, are looked for.</summary>
    [DurationRange("00:00:00.1", "00:10:00")]
    public TimeSpan PolicySweepInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>A run that was due while no Scanner ran is made up until so long after its time.</summary>
    [DurationRange("00:00:00", "30.00:00:00")]
    public TimeSpan MissedRunGrace { get; set; } = TimeSpan.FromHours(12);

    /// <summary>How long the report of a policy's run is kept after its end.</summary>
    [DurationRange("00:00:01", "3650.00:00:00")]
    public TimeSpan PolicyRunRetention { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How often what is older is looked for.</summary>
    [DurationRange("00:00:00.1", "1.00:00:00")]
    public TimeSpan RetentionInterval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The thresholds of a storage domain's disks.</summary>
    public SparsifyThresholds ThresholdsOf(string storageDomain)
    {
        var all = Thresholds.Over(Default);
        return StorageDomains.TryGetValue(storageDomain, out var own) ? own.Over(all) : all;
    }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (place, part) in Parts())
        {
            var results = new List<ValidationResult>();
            Validator.TryValidateObject(part, new ValidationContext(part), results, validateAllProperties: true);
            foreach (var result in results)
                yield return new ValidationResult($"{Section}:{place}: {result.ErrorMessage}");
        }

        if (EventSource.Length is 0 or > LongestSource || !Uri.TryCreate(EventSource, UriKind.RelativeOrAbsolute, out _))
            yield return new ValidationResult($"{Section}:EventSource is '{EventSource}', which is no URI reference of 1 to {LongestSource} characters, such as /sparsify.");
        foreach (var name in WebHooks.Keys.Where(name => !HookName().IsMatch(name)))
            yield return new ValidationResult($"{Section}:WebHooks: '{name}' is no name of a web hook: 1 to 64 letters, digits, dots, hyphens or underscores, starting with a letter or digit.");
    }

    private IEnumerable<(string Place, object Options)> Parts() =>
        [("Thresholds", Thresholds), .. StorageDomains.Select(d => ($"StorageDomains:{d.Key}", (object)d.Value)), .. WebHooks.Select(h => ($"WebHooks:{h.Key}", (object)h.Value))];

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z")]
    private static partial Regex HookName();
}
