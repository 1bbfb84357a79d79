namespace Sparsify.Scanner.WebHooks;

/// <summary>What one try came to.</summary>
internal enum WebHookOutcome
{
    /// <summary>The hook has taken the event.</summary>
    Delivered,

    /// <summary>Another try may succeed.</summary>
    Failed,

    /// <summary>The hook will never take it.</summary>
    Refused,
}
