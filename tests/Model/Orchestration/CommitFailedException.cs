namespace Sparsify.Model.Orchestration;

/// <summary>The database was lost just before a commit.</summary>
internal sealed class CommitFailedException() : Exception("The database was lost before the commit.");
