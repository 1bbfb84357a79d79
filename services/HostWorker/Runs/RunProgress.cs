namespace Sparsify.HostWorker.Runs;

/// <summary>
/// How far a run is, from its messages. The number of steps to come is not known before it ends, so each step
/// takes a share of what is left: the fraction never falls and never reaches the end early.
/// </summary>
internal sealed class RunProgress
{
    private const double Launched = 0.3;
    private const double ShareOfRest = 0.35;

    public double Fraction { get; private set; } = 0.01;

    public string Stage { get; private set; } = "Starting the appliance";

    /// <summary>Steps that work on the disk, in order.</summary>
    public List<string> Steps { get; } = [];

    public List<string> Warnings { get; } = [];

    public List<string> Errors { get; } = [];

    /// <summary>The file systems that the run set out to trim, and what became of each.</summary>
    public FileSystemPlan FileSystems { get; } = new();

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
            case "message" when IsStep(message.Text):
                Steps.Add(message.Text);
                Stage = message.Text;
                Fraction = Steps.Count == 1 ? Launched : Fraction + ((1 - Fraction) * ShareOfRest);
                break;
        }
    }

    private static bool IsStep(string text) =>
        text.StartsWith("Trimming ", StringComparison.Ordinal)
        || text.StartsWith("Clearing Linux swap on ", StringComparison.Ordinal)
        || text.StartsWith("Discard space in volgroup ", StringComparison.Ordinal);
}
