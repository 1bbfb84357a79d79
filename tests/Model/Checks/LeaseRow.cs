namespace Sparsify.Model.Checks;

/// <summary>A row of the leases.</summary>
internal sealed record LeaseRow(Guid Disk, Guid Operation, int Attempt, long Generation, string Host, int Renewals, bool Started);
