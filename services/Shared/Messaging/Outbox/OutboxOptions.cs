namespace Sparsify.Messaging;

/// <summary>How the outbox is delivered and how long its traces are kept; section <c>Sparsify:Outbox</c>.</summary>
public sealed class OutboxOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Sparsify:Outbox";

    /// <summary>How often the sweeper looks for messages that a crash left behind.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How old a message must be before the sweeper takes it from its own transaction's sender.</summary>
    public TimeSpan SweepAge { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the broker may take to confirm a message before it is left to the next sweep.</summary>
    public TimeSpan SendLimit { get; set; } = BrokerConfirmation.Limit;

    /// <summary>How many messages the sweeper sends in one transaction.</summary>
    public int SweepBatch { get; set; } = 100;

    /// <summary>How long a handled message is remembered so that its repetition changes nothing.</summary>
    public TimeSpan InboxRetention { get; set; } = TimeSpan.FromHours(1);

    /// <summary>With an in-memory transport: how long a sent message is kept to be sent again after a crash. Shorter than the inbox's memory.</summary>
    public TimeSpan ResendWindow { get; set; } = TimeSpan.FromMinutes(10);
}
