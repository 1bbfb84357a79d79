using System.Diagnostics;
using System.Globalization;

namespace Sparsify.Chaos.StandIn;

/// <summary>The process that works on the disk, as seen by the one that started it: a command a line, an answer a line.</summary>
internal sealed class ApplianceProcess : IDisposable
{
    private readonly Process _process;

    private ApplianceProcess(Process process)
    {
        _process = process;
        var said = process.StandardOutput.ReadLine();
        (HasStarted, WasRefused) = (said == Appliance.Ready, said == Appliance.Refused);
    }

    /// <summary>It has the image. Else it <see cref="WasRefused"/>, or died before.</summary>
    public bool HasStarted { get; }

    /// <summary>Something else has the image open.</summary>
    public bool WasRefused { get; }

    public static ApplianceProcess Start(string image, string record, bool locked) => new(Process.Start(
        new ProcessStartInfo(Environment.ProcessPath!, ["appliance", image, record, locked.ToString()]) { RedirectStandardInput = true, RedirectStandardOutput = true })!);

    /// <summary>Discards a swap area and writes its header back. False when the process has died under it.</summary>
    public bool Clear(SwapPartition partition, int milliseconds) => Ask(string.Create(CultureInfo.InvariantCulture, $"clear {partition.Offset} {partition.Length} {milliseconds}"));

    /// <summary>Writes a header back.</summary>
    public bool Restore(SwapPartition partition, string file) => Ask(string.Create(CultureInfo.InvariantCulture, $"restore {partition.Offset} {file}"));

    /// <summary>Ends it and waits for its end.</summary>
    public void Dispose()
    {
        if (HasStarted)
            Ask(Appliance.End);
        _process.WaitForExit();
        _process.Dispose();
    }

    private bool Ask(string command)
    {
        try
        {
            _process.StandardInput.WriteLine(command);
            return _process.StandardOutput.ReadLine() == Appliance.Done;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
