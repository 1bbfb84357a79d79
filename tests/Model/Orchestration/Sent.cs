namespace Sparsify.Model.Orchestration;

/// <summary>What one delivery has published (no address), sent, or answered.</summary>
internal readonly record struct Sent(object Message, string? Address)
{
    public const string Answer = "answer";
}
