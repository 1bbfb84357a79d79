using Sparsify.Contracts;

namespace Sparsify.Model.Checks;

/// <summary>A row of the operations.</summary>
internal sealed record OperationRow(Guid Id, OperationState State, int Revision, long? Generation, int Runs, int Repairs, bool CancelRequested);
