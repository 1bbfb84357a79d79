using System.ComponentModel.DataAnnotations;
using Sparsify.Contracts;
using Sparsify.Scanner.Thresholds;

namespace Sparsify.Scanner;

/// <summary>When disks are measured, and when one needs sparsifying; section <c>Sparsify:Scanner</c>.</summary>
public sealed class ScannerOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Sparsify:Scanner";

    private static readonly SparsifyThresholds Default = new(Bytes: 1L << 30, Share: 0.1);

    /// <summary>For all disks: 1 GiB and a tenth of the actual size unless given.</summary>
    public ThresholdOptions Thresholds { get; set; } = new();

    /// <summary>For the disks of a storage domain, by its name.</summary>
    public Dictionary<string, ThresholdOptions> StorageDomains { get; } = new(StringComparer.Ordinal);

    /// <summary>How often each disk is measured at the least, unless it is locked.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan MeasurePeriod { get; set; } = TimeSpan.FromHours(6);

    /// <summary>How long a disk whose size changes again and again, as that of a running VM does, is left alone after it was measured.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan MeasureRest { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long after it was asked for without an answer a disk is asked for again.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MeasureAnswerLimit { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How often disks that are due are looked for.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan MeasureSweepInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many disks of a storage domain may be asked for at a time.</summary>
    [Range(1, 10_000)]
    public int MaximumAsked { get; set; } = 64;

    /// <summary>How long after the last message about it an alert that lasts is said again.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan AlertRepeatInterval { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How often such alerts are looked for.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan AlertSweepInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a cleared alert, and the mark of a removed disk, are kept.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan AlertRetention { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How often what is older is looked for.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
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
        foreach (var (name, thresholds) in StorageDomains.Append(new("", Thresholds)))
        {
            var results = new List<ValidationResult>();
            Validator.TryValidateObject(thresholds, new ValidationContext(thresholds), results, validateAllProperties: true);
            foreach (var result in results)
                yield return new ValidationResult($"{Section}:{(name.Length == 0 ? "Thresholds" : $"StorageDomains:{name}")}: {result.ErrorMessage}");
        }
    }
}
