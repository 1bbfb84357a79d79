namespace Sparsify.Api.Policies;

/// <summary>The Scanner, which keeps the policies, did not answer.</summary>
public sealed class ScannerSilentException(TimeSpan waited, Exception cause)
    : Exception($"The Scanner keeps the policies and did not answer within {waited.TotalSeconds:0.#} s. What was asked for may be done all the same: look before you ask again.", cause);
