using Sparsify.Model.Steps;

namespace Sparsify.Model;

/// <summary>Leaves steps out of a failing sequence for as long as the rest violates the same rule.</summary>
internal static class Shrinking
{
    public static async Task<Failure> ShrinkAsync(this SequenceRunner runner, Failure failure)
    {
        var shortest = await runner.RepeatAsync(failure.Seed, failure.Steps) ?? failure;
        for (var size = Math.Max(1, shortest.Steps.Count / 2); size >= 1;)
        {
            var before = shortest.Steps.Count;
            for (var start = 0; start < shortest.Steps.Count;)
            {
                List<Step> rest = [.. shortest.Steps.Take(start), .. shortest.Steps.Skip(start + size)];
                if (await runner.RepeatAsync(failure.Seed, rest) is { } shorter && shorter.Violation.Rule == failure.Violation.Rule && shorter.Steps.Count < shortest.Steps.Count)
                    shortest = shorter;
                else
                    start += size;
            }

            // What could not be left out before may be now.
            if (size > 1 || shortest.Steps.Count == before)
                size /= 2;
        }

        return shortest;
    }
}
