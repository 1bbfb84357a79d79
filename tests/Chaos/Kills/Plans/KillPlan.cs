namespace Sparsify.Chaos.Kills.Plans;

/// <summary>One kill; the same seed and number give the same.</summary>
/// <param name="Number">From 0.</param>
/// <param name="Format">raw or qcow2.</param>
/// <param name="Victims">Who is killed.</param>
/// <param name="Aim">Which part of the run is hit.</param>
/// <param name="Share">Where in the part, from 0 to 1 of its measured length.</param>
/// <param name="Delay">In place of the share: after the message that begins the part. Null: the share counts.</param>
/// <param name="Distributed">Two hosts over RabbitMQ and PostgreSQL; a killed worker comes back only when the other host has done the job.</param>
internal sealed record KillPlan(int Number, string Format, Victims Victims, Aim Aim, double Share, TimeSpan? Delay, bool Distributed)
{
    private const int OneInDistributed = 5;
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(120);

    /// <summary>The kills that can damage a disk come more often.</summary>
    private static readonly (Victims Victims, int Weight)[] Whoms =
        [(Victims.Worker, 1), (Victims.VirtSparsify, 2), (Victims.Qemu, 2), (Victims.Lifeline, 1), (Victims.WorkerAndLifeline, 1), (Victims.All, 2)];

    private static readonly (Aim Aim, int Weight)[] Aims = [(Aim.Anywhere, 2), (Aim.SwapPartition, 1), (Aim.SwapVolume, 1), (Aim.VolumeGroup, 2)];

    /// <summary>Every combination of victims and aim comes once in a shuffled round before the next round begins.</summary>
    public static KillPlan Of(int seed, int number)
    {
        var combinations = (from v in Whoms from a in Aims from _ in Enumerable.Range(0, v.Weight * a.Weight) select (v.Victims, a.Aim)).ToArray();
        var (round, place) = Math.DivRem(number, combinations.Length);
        new Random(Mix(seed, -1 - round)).Shuffle(combinations);
        var (victims, aim) = combinations[place];
        var random = new Random(Mix(seed, number));
        var format = random.Next(2) == 0 ? "raw" : "qcow2";
        var share = random.NextDouble();
        var early = aim != Aim.Anywhere && random.Next(2) == 0;
        return new KillPlan(number, format, victims, aim, share, early ? share * LongestDelay : null, number % OneInDistributed == OneInDistributed - 1);
    }

    /// <summary>What a run says when the part begins; null for a part that begins with the run.</summary>
    public string? BeginsWith => Aim switch
    {
        Aim.SwapPartition => $"Clearing Linux swap on {Disks.Masters.SwapPartition}",
        Aim.SwapVolume => $"Clearing Linux swap on {Disks.Masters.SwapVolume}",
        Aim.VolumeGroup => $"Discard space in volgroup {Disks.Masters.Group}",
        _ => null,
    };

    /// <summary>The same in every process, and unlike for neighbours.</summary>
    private static int Mix(int seed, int number)
    {
        var mixed = unchecked((((ulong)(uint)seed << 32) | (uint)number) * 0x9E3779B97F4A7C15UL);
        mixed = unchecked((mixed ^ (mixed >> 29)) * 0xBF58476D1CE4E5B9UL);
        return (int)(mixed >> 33);
    }
}
