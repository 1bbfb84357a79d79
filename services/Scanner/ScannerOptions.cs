using System.ComponentModel.DataAnnotations;
using Sparsify.Contracts;
using Sparsify.Scanner.Thresholds;

namespace Sparsify.Scanner;

/// <summary>When a disk needs sparsifying; section <c>Sparsify:Scanner</c>.</summary>
public sealed class ScannerOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Sparsify:Scanner";

    private static readonly SparsifyThresholds Default = new(Bytes: 1L << 30, Share: 0.1);

    /// <summary>For all disks: 1 GiB and a tenth of the actual size unless given.</summary>
    public ThresholdOptions Thresholds { get; set; } = new();

    /// <summary>For the disks of a storage domain, by its name.</summary>
    public Dictionary<string, ThresholdOptions> StorageDomains { get; } = new(StringComparer.Ordinal);

    /// <summary>How long after the last message about it an alert that lasts is said again.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan AlertRepeatInterval { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How often such alerts are looked for.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan AlertSweepInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a cleared alert, and the mark of a removed disk, are kept.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan AlertRetention { get; set; } = TimeSpan.FromDays(90);

    /// <summary>The folder whose files give policies; none unless given.</summary>
    public string? PolicyFolder { get; set; }

    /// <summary>How often that folder is read although nothing was heard of a change.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan PolicyFolderInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often policies that are due, and runs that can go on, are looked for.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan PolicySweepInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>A run that was due while no Scanner ran is made up until so long after its time.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan MissedRunGrace { get; set; } = TimeSpan.FromHours(12);

    /// <summary>How long the report of a policy's run is kept after its end.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan PolicyRunRetention { get; set; } = TimeSpan.FromDays(90);

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
