using System.Text.RegularExpressions;

namespace Sparsify.Messaging;

/// <summary>The names of the queues that services send to by name. Renaming one loses what waits in it.</summary>
public static partial class EndpointNames
{
    /// <summary>The saga of operations.</summary>
    public const string Operations = "orchestrator-operations";

    /// <summary>Requests about policies.</summary>
    public const string Policies = "scanner-policies";

    private const string HostPrefix = "host-";
    private const string MeasuringPrefix = "measure-";

    /// <summary>The longest host name, in characters.</summary>
    public const int MaximumHostNameLength = 100;

    /// <summary>How long a volume waits for a host to measure it before it is no longer asked for.</summary>
    public static TimeSpan MeasuringLifetime { get; } = TimeSpan.FromMinutes(10);

    /// <summary>The queue of one host worker.</summary>
    /// <exception cref="ArgumentException">The name holds other characters than letters, digits, dot, hyphen and underscore, or is too long.</exception>
    public static string Host(string host) =>
        IsHostName(host)
            ? $"{HostPrefix}{host}"
            : throw new ArgumentException($"'{host}' is not a host name: 1 to {MaximumHostNameLength} letters, digits, dots, hyphens or underscores, starting with a letter or digit.", nameof(host));

    /// <summary>The queue from which the hosts that reach a storage domain take volumes to measure.</summary>
    /// <exception cref="ArgumentException">The name holds other characters than letters, digits, dot, hyphen and underscore, or is too long.</exception>
    public static string Measuring(string storageDomain) =>
        storageDomain is { Length: > 0 and <= MaximumHostNameLength } && StorageDomainName().IsMatch(storageDomain)
            ? $"{MeasuringPrefix}{storageDomain}"
            : throw new ArgumentException($"'{storageDomain}' is not a storage domain's name: 1 to {MaximumHostNameLength} letters, digits, dots, hyphens or underscores.", nameof(storageDomain));

    /// <summary>Whether a host's name can be part of a queue's name.</summary>
    public static bool IsHostName(string? host) => host is { Length: > 0 and <= MaximumHostNameLength } && HostName().IsMatch(host);

    internal static bool IsHostQueue(string endpoint) => endpoint.StartsWith(HostPrefix, StringComparison.Ordinal);

    internal static bool IsMeasuringQueue(string endpoint) => endpoint.StartsWith(MeasuringPrefix, StringComparison.Ordinal);

    /// <summary>The address of an endpoint by name. Never <c>queue:</c>, which declares the queue again as a classic one.</summary>
    public static Uri Address(string endpoint) => new($"exchange:{endpoint}");

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]*\z")]
    private static partial Regex HostName();

    [GeneratedRegex(@"^[A-Za-z0-9._-]+\z")]
    private static partial Regex StorageDomainName();
}
