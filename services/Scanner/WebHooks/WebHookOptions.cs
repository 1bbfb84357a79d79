using System.ComponentModel.DataAnnotations;
using Sparsify.ServiceDefaults;

namespace Sparsify.Scanner.WebHooks;

/// <summary>Where news of alerts is posted to; section <c>Sparsify:Scanner:WebHooks:NAME</c>.</summary>
public sealed class WebHookOptions : IValidatableObject
{
    /// <summary>The absolute address, <c>https</c> unless it is loopback or <see cref="AllowInsecure"/>. It may hold a token: only its scheme, host and port are ever logged.</summary>
    public string? Url { get; set; }

    /// <summary>The file with the secrets that events are signed with, one a line; read again for each try, so that they can be changed at any time.</summary>
    public string? SecretFile { get; set; }

    /// <summary>The names of the messages that are posted; all when none is given.</summary>
    public IList<string> Events { get; } = [];

    /// <summary>Allows <c>http</c> to other hosts than this one: whoever sits between can read and hold back events, and cannot forge them.</summary>
    public bool AllowInsecure { get; set; }

    /// <summary>How long one try may take, from the connection to the answer.</summary>
    [DurationRange("00:00:00.1", "00:00:30")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Tries at once.</summary>
    [Range(1, 64)]
    public int Concurrency { get; set; } = 4;

    /// <summary>The wait before the second try; doubled for each further one.</summary>
    [DurationRange("00:00:00.01", "01:00:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest such wait, and the longest that an answer can ask for with <c>Retry-After</c>.</summary>
    [DurationRange("00:00:00.01", "1.00:00:00")]
    public TimeSpan LongestRetryDelay { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long an event is tried before it is dead.</summary>
    [DurationRange("00:00:01", "30.00:00:00")]
    public TimeSpan MaximumAge { get; set; } = TimeSpan.FromDays(3);

    /// <summary>The address, once it has been found valid.</summary>
    internal Uri Target => new(Url!, UriKind.Absolute);

    /// <summary>Whether a message is posted.</summary>
    internal bool Wants(string eventName) => Events.Count == 0 || Events.Contains(eventName);

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (UrlFault() is { } url)
            yield return new ValidationResult($"Url {url}.", [nameof(Url)]);
        if (SecretFault() is { } secret)
            yield return new ValidationResult($"SecretFile {secret}", [nameof(SecretFile)]);
        foreach (var unknown in Events.Except(AlertEvent.Names))
            yield return new ValidationResult($"Events has '{unknown}', which is not an event; there are {string.Join(" and ", AlertEvent.Names)}.", [nameof(Events)]);
        if (LongestRetryDelay < RetryDelay)
            yield return new ValidationResult($"LongestRetryDelay ({LongestRetryDelay}) is shorter than RetryDelay ({RetryDelay}).", [nameof(LongestRetryDelay)]);
    }

    /// <summary>What is wrong with the address, without the address.</summary>
    private string? UrlFault()
    {
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp))
            return "is missing or no absolute address; give https://host/path";
        if (url.UserInfo.Length > 0)
            return "holds a user or password, which would not be sent; receivers check the signature";
        return url.Scheme == Uri.UriSchemeHttps || url.IsLoopback || AllowInsecure ? null : $"is http, and {url.Host} is another host; use https, or set AllowInsecure to true";
    }

    private string? SecretFault()
    {
        if (string.IsNullOrWhiteSpace(SecretFile))
            return "is missing; give a file with a secret in it.";
        try
        {
            WebHookSecrets.Read(SecretFile);
            return null;
        }
        catch (Exception e) when (WebHookSecrets.IsFault(e))
        {
            return $"cannot be used: {e.Message}";
        }
    }
}
