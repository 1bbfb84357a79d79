namespace Sparsify.Model.Reference;

/// <summary>What must be known of a host.</summary>
internal sealed class ReferenceHost
{
    public IReadOnlyList<string> Domains { get; set; } = [];

    public bool Claims { get; set; }

    public bool Draining { get; set; }

    public long DrainRevision { get; set; }

    public DateTimeOffset AliveUntil { get; set; }

    public ReferenceHost Copy() => (ReferenceHost)MemberwiseClone();
}
