using System.Diagnostics;
using System.Globalization;

namespace Sparsify.Testing.Processes;

/// <summary>The processes of one run on a disk, as a worker started it.</summary>
/// <param name="Folder">The run's folder in the worker's scratch folder.</param>
/// <param name="VirtSparsify">virt-sparsify.</param>
/// <param name="Lifeline">Its parent, a bash.</param>
/// <param name="Watcher">The child of the lifeline that tells virt-sparsify to end.</param>
/// <param name="Qemu">The appliance; null before it is started.</param>
public sealed record RunProcesses(string Folder, int VirtSparsify, int Lifeline, int? Watcher, int? Qemu)
{
    private const string Qemus = "qemu-system-";

    /// <summary>Waits until an attempt has started its run.</summary>
    /// <param name="scratches">The scratch folders of the workers that may have the attempt.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="attempt">The attempt's number.</param>
    /// <param name="limit">How long it may take.</param>
    public static async Task<RunProcesses> StartedAsync(IReadOnlyCollection<string> scratches, Guid operation, int attempt, TimeSpan limit)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            foreach (var folder in scratches.Select(scratch => Path.Combine(scratch, "attempts", $"{operation:D}-{attempt}")))
            {
                if (TryRead(folder) is { } run)
                    return run;
            }

            if (watch.Elapsed > limit)
                throw new TimeoutException($"After {limit} attempt {attempt} of operation {operation} still has no run.");
            await Task.Delay(5);
        }
    }

    /// <summary>The same with what was started since.</summary>
    public RunProcesses Again() => Of(Folder, VirtSparsify, Lifeline);

    /// <summary>virt-sparsify and everything below it.</summary>
    public IReadOnlyList<int> Tool => [VirtSparsify, .. ProcessTable.Below(VirtSparsify)];

    /// <summary>What virt-sparsify has said so far, in its machine-readable form.</summary>
    public string Messages
    {
        get
        {
            using var reader = new StreamReader(new FileStream(Path.Combine(Folder, "messages"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            return reader.ReadToEnd();
        }
    }

    /// <summary>The living processes that may write to an image, whoever started them.</summary>
    public static IReadOnlyList<int> UsersOf(string image) => ProcessTable.Where(line =>
        line is [var program, ..] && IsNamed(program, Qemus, "virt-sparsify", "guestfish") && line.Any(argument => argument.Contains(image, StringComparison.Ordinal)));

    /// <summary>Null before it has started, or when it is over already.</summary>
    private static RunProcesses? TryRead(string folder)
    {
        var file = Path.Combine(folder, "virt-sparsify.pid");
        if (!File.Exists(file) || File.ReadAllText(file).Split(' ', '\n') is not [var id, _, ""])
            return null;
        var process = int.Parse(id, CultureInfo.InvariantCulture);
        return ProcessTable.ParentOf(process) is > 1 and var lifeline ? Of(folder, process, lifeline) : null;
    }

    private static RunProcesses Of(string folder, int virtSparsify, int lifeline)
    {
        // The reader of virt-sparsify's words is a bash too, and has not the pipe from the worker.
        var watcher = ProcessTable.ChildrenOf(lifeline).Where(child => child != virtSparsify && Path.Exists($"/proc/{child}/fd/3"));
        // Without a drive it is one that was only asked what it can do.
        var qemu = ProcessTable.Below(virtSparsify).Where(child => ProcessTable.CommandLineOf(child) is [var program, .. var rest] && IsNamed(program, Qemus) && rest.Any(a => a.StartsWith("file=", StringComparison.Ordinal)));
        return new RunProcesses(folder, virtSparsify, lifeline, First(watcher), First(qemu));
    }

    private static bool IsNamed(string program, params string[] names) => names.Any(name => Path.GetFileName(program).StartsWith(name, StringComparison.Ordinal));

    private static int? First(IEnumerable<int> processes) => processes.Cast<int?>().FirstOrDefault();
}
