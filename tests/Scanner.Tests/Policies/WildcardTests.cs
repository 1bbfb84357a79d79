using System.Diagnostics;
using Sparsify.Scanner.Policies.Selecting;
using Xunit;

namespace Sparsify.Scanner.Tests.Policies;

/// <summary>Texts with * and ?.</summary>
public sealed class WildcardTests
{
    [Theory]
    [InlineData("web-1", "web-1", true)]
    [InlineData("web-1", "web-10", false)]
    [InlineData("web-*", "web-", true)]
    [InlineData("web-*", "web-10", true)]
    [InlineData("*-1", "web-1-1", true)]
    [InlineData("*-1", "web-1-2", false)]
    [InlineData("w?b", "web", true)]
    [InlineData("w?b", "wb", false)]
    [InlineData("*a*b*", "xxaxxbxx", true)]
    [InlineData("*a*b*", "xxbxxaxx", false)]
    [InlineData("*", "", true)]
    [InlineData("?", "", false)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("**", "anything", true)]
    [InlineData("WEB", "web", false)]
    [InlineData("a.c", "abc", false)]
    public void A_text_fits_as_a_whole(string pattern, string text, bool fits) => Assert.Equal(fits, Wildcard.Fits(pattern, text));

    [Fact]
    public void A_hostile_pattern_costs_no_time()
    {
        var watch = Stopwatch.StartNew();
        Assert.False(Wildcard.Fits(string.Concat(Enumerable.Repeat("a*", 127)) + "b", new string('a', 4096)));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), watch.Elapsed.ToString());
    }

    [Fact]
    public void It_says_the_same_as_a_plain_definition()
    {
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var (pattern, text) = (Word("ab*?"), Word("ab"));
            Assert.True(Plain(pattern, text) == Wildcard.Fits(pattern, text), $"'{pattern}' on '{text}'");
        }

        string Word(string letters) => string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => letters[random.Next(letters.Length)]));

        static bool Plain(string pattern, string text) => pattern.Length == 0
            ? text.Length == 0
            : pattern[0] == '*'
                ? Plain(pattern[1..], text) || (text.Length > 0 && Plain(pattern, text[1..]))
                : text.Length > 0 && (pattern[0] == '?' || pattern[0] == text[0]) && Plain(pattern[1..], text[1..]);
    }
}
