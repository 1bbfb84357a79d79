using System.Runtime.InteropServices;
using System.Text.Json;

namespace Sparsify.Chaos.StandIn;

/// <summary>The two programs that a host worker starts on a disk.</summary>
internal static class Tool
{
    private const string ApplianceDied = "libguestfs: child_cleanup: 0x55f3b52acb10: child process died";
    private const string MessagesOption = "--machine-readable=file:";

    /// <summary>virt-sparsify --machine-readable=file:FILE … --in-place --format FORMAT IMAGE</summary>
    public static int Sparsify(string[] arguments)
    {
        var image = arguments[^1];
        var messages = arguments.Single(a => a.StartsWith(MessagesOption, StringComparison.Ordinal))[MessagesOption.Length..];
        var disk = Path.GetFileName(image);
        var behaviour = Behaviour.Next(disk);
        using var interrupted = new ManualResetEventSlim();
        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            if (!behaviour.Hangs)
                interrupted.Set();
        });
        using var appliance = ApplianceProcess.Start(image, $"{disk}|{JobOf(messages)}|run", locked: !behaviour.WithoutImageLock);
        if (appliance.WasRefused)
            return Complain(messages, "libguestfs error: guestfs_launch failed.", "qemu-system-x86_64: -device scsi-hd,drive=hd0: Failed to get \"write\" lock\nIs another process using the image?");
        if (!appliance.HasStarted)
        {
            Console.Error.WriteLine(ApplianceDied);
            return Complain(messages, "libguestfs error: guestfs_launch failed, see earlier error messages", "");
        }

        if (behaviour.Hangs)
            Thread.Sleep(Timeout.Infinite);
        var partitions = SwapPartition.In(image);
        foreach (var partition in partitions)
        {
            if (interrupted.IsSet)
                return Complain(messages, "quit (^C) at user request", "");
            if (behaviour.Garbage)
                File.AppendAllText(messages, "12/12\n[ 9.6] Trimming nothing\n{\"message\":17}\n{not json\n\0\u00ff\n{\"message\":\"warning\",\"type\":\"none\"}\n");
            Say(messages, "message", $"Clearing Linux swap on {partition.Device}");
            Trace($"blkdiscard \"{partition.Device}\"");
            if (!appliance.Clear(partition, behaviour.StepMilliseconds))
            {
                Console.Error.WriteLine(ApplianceDied);
                Trace("blkdiscard = -1 (error)");
                return Complain(messages, "libguestfs error: appliance closed the connection unexpectedly.", "");
            }

            Trace("blkdiscard = 0");
            Trace($"pwrite_device \"{partition.Device}\" \"\\x00\"<truncated, original size 4096 bytes> 0");
            Trace("pwrite_device = 4096");
        }

        if (behaviour.ExitCode != 0)
            return Complain(messages, behaviour.Complaint ?? "it failed", behaviour.Complaint ?? "", behaviour.ExitCode);
        return interrupted.IsSet ? Complain(messages, "quit (^C) at user request", "") : 0;
    }

    /// <summary>guestfish --format=FORMAT --add=IMAGE run : upload-offset FILE DEVICE 0 …</summary>
    public static int Repair(string[] arguments)
    {
        var image = arguments.Single(a => a.StartsWith("--add=", StringComparison.Ordinal))["--add=".Length..];
        var hangs = Behaviour.NextRepairHangs(Path.GetFileName(image));
        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = hangs);
        using var appliance = ApplianceProcess.Start(image, $"{Path.GetFileName(image)}|repair|repair", locked: true);
        if (!appliance.HasStarted)
        {
            Console.Error.WriteLine(appliance.WasRefused ? "libguestfs error: guestfs_launch failed. Failed to get \"write\" lock" : ApplianceDied);
            return 1;
        }

        if (hangs)
            Thread.Sleep(Timeout.Infinite);
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "upload-offset" && !appliance.Restore(SwapPartition.In(image).Single(p => p.Device == arguments[i + 2]), arguments[i + 1]))
                return 1;
        }

        return 0;
    }

    /// <summary>As libguestfs traces its calls: a worker reads from it whether the work was left half done.</summary>
    private static void Trace(string call) => Console.Error.WriteLine($"libguestfs: trace: {call}");

    private static int Complain(string messages, string error, string said, int exitCode = 1)
    {
        Say(messages, "error", error);
        Console.Error.WriteLine($"virt-sparsify: error: {error}\n{said}");
        return exitCode;
    }

    private static void Say(string messages, string type, string message) =>
        File.AppendAllText(messages, JsonSerializer.Serialize(new { message, timestamp = "2026-01-01T00:00:00", type }) + "\n");

    /// <summary>The attempt: the messages lie in its folder.</summary>
    private static string JobOf(string messages) => Path.GetFileName(Path.GetDirectoryName(messages)!);
}
