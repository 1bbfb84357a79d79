using Sparsify.HostWorker.Presence;

namespace Sparsify.HostWorker.Discovery;

/// <summary>Says that everything is to be reported again, now.</summary>
internal sealed class InventorySignal : Signal;
