namespace Sparsify.Api.Problems;

/// <summary>A request that is well-formed and says something impossible.</summary>
/// <param name="field">The field or parameter.</param>
/// <param name="reason">What is wrong with it, as the rest of a sentence that starts with the field's name.</param>
public sealed class InvalidRequestException(string field, string reason) : Exception($"'{field}' {reason}");
