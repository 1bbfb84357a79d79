using System.ComponentModel.DataAnnotations;
using Sparsify.ServiceDefaults;

namespace Sparsify.Orchestrator;

/// <summary>How operations are run; section <c>Sparsify:Orchestrator</c>.</summary>
public sealed class OrchestratorOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Sparsify:Orchestrator";

    /// <summary>How long one renewal of a lease lasts. A broker restart must be shorter, or running jobs are ended.</summary>
    [DurationRange("00:00:02", "01:00:00")]
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long after the end of a lease the disk is still left alone: an appliance outlives its killed parent for about 2 s, and clocks differ in rate.</summary>
    [DurationRange("00:00:00", "01:00:00")]
    public TimeSpan LeaseGuard { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Runs of one volume job, the first included; repairs are counted apart.</summary>
    [Range(1, 100)]
    public int MaximumAttempts { get; set; } = 3;

    /// <summary>Looks at a disk after a run that was cut off, before a person is called.</summary>
    [Range(1, 100)]
    public int MaximumRepairs { get; set; } = 3;

    /// <summary>The wait before the second attempt; doubled for each further one, and up to half as long again at random.</summary>
    [DurationRange("00:00:00", "01:00:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest such wait, but for what is added at random.</summary>
    [DurationRange("00:00:00", "1.00:00:00")]
    public TimeSpan LongestRetryDelay { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long another attempt is kept for hosts that have not failed the job, while one of them lives.</summary>
    [DurationRange("00:00:00", "01:00:00")]
    public TimeSpan OtherHostPreference { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Jobs that run at once on one storage domain.</summary>
    [Range(1, 1000)]
    public int MaximumJobsPerStorageDomain { get; set; } = 4;

    /// <summary>How long a job waits while no live host reaches its storage domain.</summary>
    public TimeSpan NoHostTimeout { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How often leases and waiting jobs are looked at.</summary>
    [DurationRange("00:00:00.1", "00:05:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an operation is kept after its end.</summary>
    [DurationRange("00:00:01", "3650.00:00:00")]
    public TimeSpan OperationRetention { get; set; } = TimeSpan.FromDays(365);

    /// <summary>How long a host that has fallen silent, and what is gone, is remembered.</summary>
    [DurationRange("00:00:01", "3650.00:00:00")]
    public TimeSpan InventoryRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How often what ended longer ago are looked for.</summary>
    [DurationRange("00:00:00.1", "1.00:00:00")]
    public TimeSpan RetentionInterval { get; set; } = TimeSpan.FromMinutes(10);
}
