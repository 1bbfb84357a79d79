namespace Sparsify.Orchestrator;

/// <summary>The names under which the Orchestrator is observed.</summary>
public static class OrchestratorTelemetry
{
    /// <summary>The activity source.</summary>
    public const string SourceName = "Sparsify.Orchestrator";
}
