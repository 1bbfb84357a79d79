namespace Sparsify.Api.Paging;

/// <summary>A part of a listing.</summary>
/// <typeparam name="T">What is listed.</typeparam>
/// <param name="Items">The entries, in the listing's order.</param>
/// <param name="Next">Give it as <c>after</c> for the entries that follow; null when there are none.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
