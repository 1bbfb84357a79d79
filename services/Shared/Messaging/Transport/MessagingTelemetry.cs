namespace Sparsify.Messaging;

/// <summary>The names under which messaging is observed.</summary>
public static class MessagingTelemetry
{
    /// <summary>The meter of this library.</summary>
    public const string MeterName = "Sparsify.Messaging";
}
