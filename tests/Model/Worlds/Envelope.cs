namespace Sparsify.Model.Worlds;

/// <summary>A message on its way.</summary>
/// <param name="Name">Unlike every other's of the sequence, and the same when the sequence is repeated.</param>
/// <param name="Message">What it says.</param>
/// <param name="To">A host's name, <see cref="Saga"/>, or <see cref="Consumer"/>.</param>
/// <param name="Request">For a request and its answer: which one.</param>
internal sealed record Envelope(string Name, object Message, string To, int Request = 0)
{
    /// <summary>The queue of the saga.</summary>
    public const string Saga = "saga";

    /// <summary>The queue of the consumer of such messages.</summary>
    public const string Consumer = "consumer";
}
