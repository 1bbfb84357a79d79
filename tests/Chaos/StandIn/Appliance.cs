using System.Globalization;

namespace Sparsify.Chaos.StandIn;

/// <summary>
/// The process that has the image open, like the qemu of an appliance: it holds qemu's image lock, outlives a parent that
/// was killed for about two seconds, and writes as long as it lives. Whether it is the only one is told by a lock on a side
/// file that nothing of the platform knows.
/// </summary>
internal static class Appliance
{
    public const string Ready = "ready";
    public const string Refused = "refused";
    public const string Done = "done";
    public const string End = "end";
    private const int HeaderSize = 4096;
    private static readonly TimeSpan Afterlife = TimeSpan.FromSeconds(1.7);

    public static int Run(string image, string record, bool isLocked)
    {
        using var file = File.OpenHandle(image, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        if (isLocked && !ImageLock.TryTake(file))
        {
            Records.Note(record, Refused);
            Console.WriteLine(Refused);
            return 1;
        }

        using var side = SideLock.Take(Path.Combine(Records.Folder, $"{Path.GetFileName(image)}.side"), out var alone);
        Records.Note(record, alone ? "begin" : "overlap");
        Say(Ready);
        string? command;
        while ((command = Console.ReadLine()) != End)
            Obey(file, (command ?? Die()).Split(' '));
        Records.Note(record, "end");
        Say(Done);
        return 0;
    }

    private static void Obey(Microsoft.Win32.SafeHandles.SafeFileHandle file, string[] words)
    {
        var offset = long.Parse(words[1], CultureInfo.InvariantCulture);
        if (words[0] == "restore")
        {
            RandomAccess.Write(file, File.ReadAllBytes(words[2]), offset);
        }
        else
        {
            var header = new byte[HeaderSize];
            RandomAccess.Read(file, header, offset);
            Holes.Punch(file, offset, long.Parse(words[2], CultureInfo.InvariantCulture));
            Work(TimeSpan.FromMilliseconds(int.Parse(words[3], CultureInfo.InvariantCulture)));
            RandomAccess.Write(file, header, offset);
        }

        Say(Done);
    }

    /// <summary>Ends before its work is done when its parent has died, after the time that libguestfs takes to kill it.</summary>
    private static void Work(TimeSpan time)
    {
        var parent = ParentProcess.Id;
        for (var left = time; left > TimeSpan.Zero; left -= TimeSpan.FromMilliseconds(50))
        {
            Thread.Sleep(left < TimeSpan.FromMilliseconds(50) ? left : TimeSpan.FromMilliseconds(50));
            if (ParentProcess.Id != parent)
                Die();
        }
    }

    private static string Die()
    {
        Thread.Sleep(Afterlife);
        Environment.Exit(1);
        return "";
    }

    private static void Say(string word)
    {
        try
        {
            Console.WriteLine(word);
        }
        catch (IOException)
        {
            Die();
        }
    }
}
