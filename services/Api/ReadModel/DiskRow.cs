using Sparsify.Contracts;

namespace Sparsify.Api.ReadModel;

/// <summary>The newest known state of one disk.</summary>
public sealed class DiskRow
{
    public Guid Id { get; init; }

    public long Revision { get; set; }

    public bool Removed { get; set; }

    public string StorageDomain { get; set; } = "";

    public bool Eligible { get; set; }

    /// <summary>Name and path in lower case.</summary>
    public string SearchText { get; set; } = "";

    /// <summary>The order of listings: unique, and stable while the disk stays where it is.</summary>
    public string SortKey { get; set; } = "";

    public DiskChanged Snapshot { get; set; } = null!;

    /// <summary>Takes over a newer state.</summary>
    public void Apply(DiskChanged changed)
    {
        Revision = changed.Revision;
        Removed = changed.Removed;
        StorageDomain = changed.StorageDomain;
        Eligible = changed.Violations.Count == 0;
        SearchText = $"{changed.Name}\n{changed.Path}".ToLowerInvariant();
        SortKey = $"{changed.StorageDomain}/{changed.Path}#{changed.DiskId}";
        Snapshot = changed;
    }
}
