using System.Diagnostics;
using Sparsify.DiskImages;
using Sparsify.DiskImages.Files;
using Sparsify.DiskImages.Measuring;
using Sparsify.Fuzzing.Mutation;
using Sparsify.Fuzzing.Seeds;

namespace Sparsify.Fuzzing;

/// <summary>Measures hostile inputs: each must give a measurement that makes sense, or an error that names structure and offset.</summary>
internal sealed class Fuzzer(IReadOnlyList<Seed> seeds, int start)
{
    private const long MostMemory = 256L << 20;
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(10);
    private long _inputs;
    private long _refused;
    private long _opaque;

    /// <summary>Inputs measured so far.</summary>
    public long Inputs => Interlocked.Read(ref _inputs);

    /// <summary>Inputs that were refused with an error.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Inputs with a region that could not be looked into.</summary>
    public long Opaque => Interlocked.Read(ref _opaque);

    /// <summary>Goes on until so many inputs were measured or the time is over, on some threads.</summary>
    /// <exception cref="FuzzingException">An input broke a rule; the message says how to repeat it.</exception>
    public void Run(long inputs, TimeSpan time, int threads)
    {
        var watch = Stopwatch.StartNew();
        using var failed = new CancellationTokenSource();
        var work = Enumerable.Range(0, threads).Select(t => Task.Factory.StartNew(() => Run(t, threads, inputs, time, watch, failed), TaskCreationOptions.LongRunning)).ToArray();
        Task.WhenAll(work).GetAwaiter().GetResult();
    }

    /// <summary>Measures one input again.</summary>
    public void Repeat(string seed, int number) => Measure(seeds.Single(s => s.Name == seed), ExtentsOf(seeds.Single(s => s.Name == seed)), number);

    private void Run(int thread, int threads, long inputs, TimeSpan time, Stopwatch watch, CancellationTokenSource failed)
    {
        var extents = seeds.ToDictionary(s => s, ExtentsOf);
        for (var number = start + thread; Inputs < inputs && watch.Elapsed < time && !failed.IsCancellationRequested; number += threads)
        {
            foreach (var seed in seeds)
            {
                try
                {
                    Measure(seed, extents[seed], number);
                }
                catch
                {
                    failed.Cancel();
                    throw;
                }
            }
        }
    }

    private static ExtentMap ExtentsOf(Seed seed) => MemoryFile.ExtentsOf(seed.Content);

    private void Measure(Seed seed, ExtentMap extents, int number)
    {
        var changes = new Mutator(seed, new Random(HashCode(seed.Name, number))).Next();
        var memory = GC.GetAllocatedBytesForCurrentThread();
        var begun = Stopwatch.GetTimestamp();
        try
        {
            Check(DiskMeter.Measure(new MemoryFile(seed.Content, extents) { Changes = changes }, seed.Name, seed.Format, "/nonexistent/storage"), seed);
        }
        catch (ImageFormatException e) when (e.Structure.Length > 0)
        {
            Interlocked.Increment(ref _refused);
        }
        catch (Exception e) when (e is not FuzzingException)
        {
            throw new FuzzingException(seed.Name, number, e.ToString());
        }

        if (Stopwatch.GetElapsedTime(begun) > MostTime)
            throw new FuzzingException(seed.Name, number, $"it took {Stopwatch.GetElapsedTime(begun)}");
        if (GC.GetAllocatedBytesForCurrentThread() - memory is > MostMemory and var taken)
            throw new FuzzingException(seed.Name, number, $"it took {taken} bytes of memory");
        Interlocked.Increment(ref _inputs);

        void Check(Measurement found, Seed of)
        {
            if (found.Reclaimable < 0 || found.Reclaimable > found.ActualSize || found.HeldBySnapshots < 0)
                throw new FuzzingException(of.Name, number, $"{found.Reclaimable} of {found.ActualSize} bytes reclaimable, {found.HeldBySnapshots} held");
            foreach (var region in found.Regions)
            {
                if (region.Start < 0 || region.Size < 0 || region.Reclaimable < 0 || region.Free < 0 || region.Used < 0 || region.Note?.Any(char.IsControl) == true)
                    throw new FuzzingException(of.Name, number, $"a region that cannot be: {region}");
            }

            if (found.Regions.Any(r => r.Kind == RegionKind.Opaque))
                Interlocked.Increment(ref _opaque);
        }
    }

    /// <summary>The same in every process.</summary>
    private static int HashCode(string name, int number) => name.Aggregate(number * 486187739, (hash, c) => (hash * 31) + c);
}
