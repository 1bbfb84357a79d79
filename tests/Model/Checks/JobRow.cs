using Sparsify.Orchestrator.Jobs;

namespace Sparsify.Model.Checks;

/// <summary>A row of the volume jobs.</summary>
internal sealed record JobRow(Guid Operation, VolumeJobStatus Status, int Attempt, bool CancelRequested, DateTimeOffset NotBefore, DateTimeOffset? NoHostSince, string FailedHosts);
