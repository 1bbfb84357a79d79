using Sparsify.Api.Problems;

namespace Sparsify.Api.Operations;

/// <summary>Who asks: free text for the operation's history.</summary>
internal static class RequestedBy
{
    private const int Longest = 255;

    /// <exception cref="InvalidRequestException">It is too long, or holds control characters.</exception>
    public static void Check(string? text)
    {
        if (text is not null && (text.Length > Longest || text.Any(char.IsControl)))
            throw new InvalidRequestException("requestedBy", $"is longer than {Longest} characters or holds control characters.");
    }
}
