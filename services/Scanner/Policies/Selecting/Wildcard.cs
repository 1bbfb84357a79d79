namespace Sparsify.Scanner.Policies.Selecting;

/// <summary>Texts in which * stands for any characters and ? for one. No regular expression: a hostile one could cost hours.</summary>
internal static class Wildcard
{
    /// <summary>Whether the whole text fits. Takes at most the product of both lengths.</summary>
    public static bool Fits(string pattern, string text)
    {
        var (at, read) = (0, 0);
        var (star, resume) = (-1, 0);
        while (read < text.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                (star, resume) = (at++, read);
            }
            else if (at < pattern.Length && (pattern[at] == '?' || pattern[at] == text[read]))
            {
                at++;
                read++;
            }
            else if (star >= 0)
            {
                // Only the last star is ever tried again: what an earlier one took could only have been less.
                at = star + 1;
                read = ++resume;
            }
            else
            {
                return false;
            }
        }

        while (at < pattern.Length && pattern[at] == '*')
            at++;
        return at == pattern.Length;
    }
}
