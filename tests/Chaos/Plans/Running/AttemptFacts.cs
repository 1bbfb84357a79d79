namespace Sparsify.Chaos.Running;

/// <summary>What the Orchestrators keep of an attempt.</summary>
/// <param name="Operation">Of which operation.</param>
/// <param name="Number">From 1.</param>
/// <param name="Host">Who had it.</param>
/// <param name="ErrorKind">Why it failed; null when it did not.</param>
public sealed record AttemptFacts(Guid Operation, int Number, string Host, string? ErrorKind)
{
    /// <summary>As its run notes it.</summary>
    public string Job => $"{Operation:D}-{Number}";
}
