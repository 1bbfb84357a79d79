namespace Sparsify.Model.Reference;

/// <summary>A disk.</summary>
internal sealed record DiskFact(Guid Id, string Domain, string Volume, long Generation, bool Illegal);
