using Sparsify.Model.Steps;

namespace Sparsify.Model;

/// <summary>A violation and how it came about.</summary>
/// <param name="Seed">Repeats it.</param>
/// <param name="Shape">The world it happened in.</param>
/// <param name="Steps">What happened.</param>
/// <param name="Violation">What came of it.</param>
internal sealed record Failure(int Seed, string Shape, IReadOnlyList<Step> Steps, ViolationException Violation)
{
    public override string ToString() => string.Join(Environment.NewLine, Steps.Select((step, i) => $"{i + 1,4}. {step}").Prepend($"Seed {Seed}: {Violation.Message}").Append($"      {Shape}"));
}
