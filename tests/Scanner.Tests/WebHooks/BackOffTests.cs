using System.Net;
using Sparsify.Scanner.WebHooks;
using Xunit;

namespace Sparsify.Scanner.Tests.WebHooks;

/// <summary>When a delivery is tried again, and whether.</summary>
public sealed class BackOffTests
{
    private static readonly WebHookOptions Hook = new();

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(5, 80)]
    [InlineData(10, 2560)]
    [InlineData(11, 3600)]
    [InlineData(5000, 3600)]
    public void The_wait_doubles_up_to_a_limit_and_is_up_to_half_as_long_again(int attempts, double seconds)
    {
        var waits = Enumerable.Range(0, 100).Select(seed => WebHookBackOff.Wait(Hook, attempts, retryAfter: null, new Random(seed)).TotalSeconds).ToList();
        Assert.All(waits, wait => Assert.InRange(wait, seconds, seconds * 1.5));
        Assert.True(waits.Distinct().Count() > 50);
        Assert.All(waits, wait => Assert.True(wait <= WebHookBackOff.Longest(Hook).TotalSeconds));
    }

    [Theory]
    [InlineData(60, 60)]
    [InlineData(3600, 3600)]
    [InlineData(1_000_000_000, 3600)]
    public void An_answer_can_ask_for_a_longer_wait_but_not_for_any(int asked, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), WebHookBackOff.Wait(Hook, 1, TimeSpan.FromSeconds(asked), new Random(1)));

    [Fact]
    public void An_answer_cannot_ask_for_a_shorter_wait() =>
        Assert.True(WebHookBackOff.Wait(Hook, 5, TimeSpan.FromSeconds(1), new Random(1)) >= TimeSpan.FromSeconds(80));

    [Fact]
    public void Every_status_has_its_outcome()
    {
        int[] again = [408, 425, 429];
        foreach (var status in Enumerable.Range(100, 900))
        {
            var expected = status is >= 200 and < 300 ? WebHookOutcome.Delivered
                : status is >= 400 and < 500 && !again.Contains(status) ? WebHookOutcome.Refused
                : WebHookOutcome.Failed;
            Assert.Equal((status, expected), (status, WebHookAnswer.Of((HttpStatusCode)status, excerpt: null, retryAfter: null).Outcome));
        }
    }

    [Fact]
    public void What_an_answer_says_is_kept_short_in_one_line_and_without_what_databases_refuse()
    {
        var answer = WebHookAnswer.Of(HttpStatusCode.BadRequest, "no\0such\r\n\u001b[31mdisk \ud83d\ude00" + new string('x', 10_000), retryAfter: null);
        Assert.StartsWith("HTTP 400: no such   [31mdisk   xxx", answer.Error, StringComparison.Ordinal);
        Assert.Equal("HTTP 400", answer.Reason);
        Assert.True(answer.Error.Length < 600);
    }
}
