using System.Text.RegularExpressions;

namespace Sparsify.Scanner.Policies.Validation;

/// <summary>The names of policies.</summary>
internal static partial class PolicyNames
{
    /// <summary>The longest, in characters.</summary>
    public const int MaximumLength = 100;

    public static bool IsName(string? name) => name is not null && Name().IsMatch(name);

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,100}\z")]
    private static partial Regex Name();
}
