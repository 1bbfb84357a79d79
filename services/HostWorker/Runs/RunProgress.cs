namespace Sparsify.HostWorker.Runs;

/// <summary>
/// How far a run is, from its messages: the share of the planned bytes whose step is done. A step is done when the next
/// one begins.
/// </summary>
internal sealed class RunProgress(RunPlan plan)
{
    private static readonly string[] StepPrefixes = ["Trimming ", "Clearing Linux swap on ", "Discard space in volgroup "];
    private readonly List<string> _devices = [];

    /// <summary>From 0 to 1; never falls.</summary>
    public double Fraction { get; private set; }

    public string Stage { get; private set; } = "Starting the appliance";

    /// <summary>Steps that work on the disk, in order.</summary>
    public List<string> Steps { get; } = [];

    public List<string> Warnings { get; } = [];

    public List<string> Errors { get; } = [];

    /// <summary>The file systems that the run set out to trim, and what became of each.</summary>
    public FileSystemPlan FileSystems { get; } = new();

    /// <summary>Whether its work on the disk was left half done.</summary>
    public WorkOnDisk Work { get; } = new();

    /// <summary>A sentence for each planned step that the run did not come to, and said nothing of.</summary>
    public IReadOnlyList<string> NotDone =>
        [.. plan.Steps.Where(s => !_devices.Contains(s.Device) && !FileSystems.IsPassedOver(s.Device)).Select(s => $"{s.Device} ({s.FileSystem}) was passed over in silence; {s.Reclaimable} bytes were planned for it.")];

    /// <summary>Reads a line of the error output.</summary>
    public void SeeErrorLine(string line)
    {
        FileSystems.See(line);
        Work.See(line);
    }

    public void See(RunMessage message)
    {
        switch (message.Type)
        {
            case "warning":
                Warnings.Add(message.Text);
                break;
            case "error":
                Errors.Add(message.Text);
                break;
            case "message" when StepPrefixes.FirstOrDefault(p => message.Text.StartsWith(p, StringComparison.Ordinal)) is { } prefix:
                Begin(message.Text, plan.DeviceOf(message.Text[prefix.Length..]));
                break;
        }
    }

    private void Begin(string step, string device)
    {
        Steps.Add(step);
        Stage = step;
        Fraction = Math.Max(Fraction, plan.ShareOf([.. _devices.Where(d => d != device)]));
        _devices.Add(device);
    }
}
