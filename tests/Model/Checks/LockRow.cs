namespace Sparsify.Model.Checks;

/// <summary>A row of the locks.</summary>
internal sealed record LockRow(Guid Disk, Guid Operation, long Generation);
