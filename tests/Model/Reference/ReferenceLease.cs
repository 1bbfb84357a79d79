namespace Sparsify.Model.Reference;

/// <summary>The right of one host to one attempt.</summary>
internal sealed class ReferenceLease(int attempt, string host)
{
    public int Attempt => attempt;

    public string Host => host;

    public int Renewals { get; set; }

    public bool Started { get; set; }

    public ReferenceLease Copy() => (ReferenceLease)MemberwiseClone();
}
