namespace Sparsify.Model.Checks;

/// <summary>A row of the attempts.</summary>
internal sealed record AttemptRow(Guid Operation, int Number, string Kind, string Host, string? Outcome, string? VitalBytes);
