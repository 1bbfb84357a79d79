using System.Net;

namespace Sparsify.Scanner.WebHooks;

/// <summary>What a web hook answered, or why it did not.</summary>
/// <param name="Outcome">What it comes to.</param>
/// <param name="Status">The HTTP status; null without an answer.</param>
/// <param name="Reason">Why it failed; it can be logged.</param>
/// <param name="Excerpt">The beginning of the answer, which can be anything and is not logged.</param>
/// <param name="RetryAfter">How long the hook wants to be left alone.</param>
internal sealed record WebHookAnswer(WebHookOutcome Outcome, int? Status, string Reason, string? Excerpt, TimeSpan? RetryAfter)
{
    private const int LongestReason = 300;
    private const int LongestExcerpt = 500;

    /// <summary>Reason and excerpt.</summary>
    public string Error => string.IsNullOrEmpty(Excerpt) ? Reason : $"{Reason}: {Excerpt}";

    /// <summary>No answer came.</summary>
    public static WebHookAnswer None(string reason) => new(WebHookOutcome.Failed, null, Printable(reason, LongestReason), null, null);

    /// <summary>An answer came.</summary>
    public static WebHookAnswer Of(HttpStatusCode status, string? excerpt, TimeSpan? retryAfter) =>
        new(Judge(status), (int)status, $"HTTP {(int)status}", excerpt is null ? null : Printable(excerpt, LongestExcerpt), retryAfter);

    private static WebHookOutcome Judge(HttpStatusCode status) => status switch
    {
        >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices => WebHookOutcome.Delivered,
        HttpStatusCode.RequestTimeout or (HttpStatusCode)425 or HttpStatusCode.TooManyRequests => WebHookOutcome.Failed,
        >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError => WebHookOutcome.Refused,
        _ => WebHookOutcome.Failed,
    };

    /// <summary>No line, and nothing that a terminal or a database would stumble over.</summary>
    private static string Printable(string text, int longest) =>
        string.Concat(text.Take(longest).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c)).Trim();
}
