namespace Sparsify.Messaging.Tests.Model;

/// <summary>Whether an endpoint lets go of a channel that has died.</summary>
public enum Clinging
{
    Never,

    /// <summary>Not of its first, on which it consumes.</summary>
    WhileItConsumes,

    /// <summary>Not of its first, which dies before it consumes: the bus has not started yet.</summary>
    BeforeItConsumes,
}
