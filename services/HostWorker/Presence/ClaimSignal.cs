namespace Sparsify.HostWorker.Presence;

/// <summary>Says that now is a good time to ask for work.</summary>
internal sealed class ClaimSignal : Signal;
