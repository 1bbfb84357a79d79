using Sparsify.Contracts;

namespace Sparsify.Model.Reference;

/// <summary>One attempt.</summary>
internal sealed class ReferenceAttempt(int number, AttemptKind kind, string host)
{
    public int Number => number;

    public AttemptKind Kind => kind;

    public string Host => host;

    public string? Outcome { get; set; }

    /// <summary>Whose vital bytes are kept with it.</summary>
    public string? VitalBytes { get; set; }

    public ReferenceAttempt Copy() => (ReferenceAttempt)MemberwiseClone();
}
