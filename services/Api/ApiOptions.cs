using Sparsify.ServiceDefaults;

namespace Sparsify.Api;

/// <summary>How the REST API answers; section <c>Sparsify:Api</c>.</summary>
public sealed class ApiOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Sparsify:Api";

    /// <summary>How long a request to sparsify waits for the Orchestrator's decision before it answers that the operation is accepted.</summary>
    [DurationRange("00:00:00", "00:01:00")]
    public TimeSpan DecisionTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a dry run waits for a host's measurement before it answers with the last known one.</summary>
    [DurationRange("00:00:00.1", "00:01:00")]
    public TimeSpan MeasureTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a request about policies waits for the Scanner's answer before it is refused.</summary>
    [DurationRange("00:00:00.1", "00:01:00")]
    public TimeSpan PolicyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the report of a policy's run, and the mark of a removed policy, are kept.</summary>
    [DurationRange("00:00:01", "3650.00:00:00")]
    public TimeSpan PolicyRunRetention { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How often a stream of events says that it lives while nothing happens.</summary>
    [DurationRange("00:00:01", "00:05:00")]
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long an operation is kept after its end.</summary>
    [DurationRange("00:00:01", "3650.00:00:00")]
    public TimeSpan OperationRetention { get; set; } = TimeSpan.FromDays(365);

    /// <summary>How long a host that has fallen silent, and what is gone, is remembered.</summary>
    [DurationRange("00:00:01", "3650.00:00:00")]
    public TimeSpan InventoryRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long an alert is kept after it was cleared.</summary>
    [DurationRange("00:00:01", "3650.00:00:00")]
    public TimeSpan AlertRetention { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long the measurements of a day are kept.</summary>
    [DurationRange("1.00:00:00", "3650.00:00:00")]
    public TimeSpan MeasurementRetention { get; set; } = TimeSpan.FromDays(730);

    /// <summary>How often what ended longer ago are looked for.</summary>
    [DurationRange("00:00:00.1", "1.00:00:00")]
    public TimeSpan RetentionInterval { get; set; } = TimeSpan.FromMinutes(10);
}
