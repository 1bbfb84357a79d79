using Sparsify.Contracts;

namespace Sparsify.Api.ReadModel;

/// <summary>The newest known state of one storage domain.</summary>
public sealed class StorageDomainRow
{
    public string Name { get; init; } = "";

    public long Revision { get; set; }

    public StorageDomainChanged Snapshot { get; set; } = null!;
}
