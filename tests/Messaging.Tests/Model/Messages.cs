namespace Sparsify.Messaging.Tests.Model;

public sealed record Deposit
{
    public required Guid Account { get; init; }

    public int Amount { get; init; } = 1;

    public bool Fails { get; init; }
}

public sealed record Deposited
{
    public required Guid Account { get; init; }
}

public sealed record Counted
{
    public required Guid Counter { get; init; }
}

public sealed record CountChanged
{
    public required Guid Counter { get; init; }

    public required int Count { get; init; }
}

/// <summary>A public input: read as plain JSON too.</summary>
public sealed record Announced
{
    public required string Text { get; init; }
}

public sealed record Question
{
    public required string Text { get; init; }
}

public sealed record Answer
{
    public required string Text { get; init; }
}
