namespace Sparsify.Fuzzing;

/// <summary>An input broke a rule.</summary>
/// <param name="seed">The seed it was made from.</param>
/// <param name="number">Its number.</param>
/// <param name="what">What happened.</param>
internal sealed class FuzzingException(string seed, int number, string what)
    : Exception($"Input {number} of seed '{seed}': {what}\nRepeat it with: tests/Fuzzing/run --repeat {seed}:{number}");
