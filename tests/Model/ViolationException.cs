namespace Sparsify.Model;

/// <summary>The Orchestrator has done what it must not, or has not done what it must.</summary>
internal sealed class ViolationException(string rule, string details) : Exception($"{rule}: {details}")
{
    /// <summary>What was violated, without the details of a case: a shorter sequence violates the same.</summary>
    public string Rule => rule;
}
