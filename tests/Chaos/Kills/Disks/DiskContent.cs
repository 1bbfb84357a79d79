using System.Globalization;
using System.Text;
using Sparsify.Testing.Disks;

namespace Sparsify.Chaos.Kills.Disks;

/// <summary>What is on a disk, read in an appliance that writes nothing to it: sections of lines.</summary>
internal sealed class DiskContent
{
    private const string Heading = "== ";
    private const int SectionCount = 11;
    private static readonly string Script = ReadScript();
    private readonly Dictionary<string, List<string>> _sections = new(StringComparer.Ordinal);

    /// <summary>The logical volumes, a section for each swap header, for each file system's check, and for each one's files with their checksums.</summary>
    public IEnumerable<string> Sections => _sections.Keys;

    /// <summary>The lines of a section.</summary>
    public IReadOnlyList<string> this[string section] => _sections[section];

    /// <summary>Reads disks, all in one appliance.</summary>
    /// <exception cref="InvalidOperationException">The appliance could not read them.</exception>
    public static async Task<IReadOnlyList<DiskContent>> ReadAsync(params IReadOnlyList<DiskImage> disks)
    {
        // Encoded, since guestfish takes quotation marks and spaces for its own.
        var script = Convert.ToBase64String(Encoding.ASCII.GetBytes($"group={Masters.Group} replays='{string.Join(' ', disks.Select(d => d.CutOff ? 1 : 0))}'\n{Script}"));
        var drives = disks.SelectMany(d => new[] { $"--format={d.Format}", $"--add={d.Path}" });
        var said = await Guestfs.RunAsync("guestfish", ["--ro", .. drives, "run", ":", "debug", "sh", $"echo {script} | base64 -d | sh"]);
        var found = disks.Select(_ => new DiskContent()).ToList();
        List<string>? lines = null;
        foreach (var line in said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!line.StartsWith(Heading, StringComparison.Ordinal))
                lines?.Add(line);
            else if (line[Heading.Length..].Split(' ', 2) is [var index, var section])
                found[int.Parse(index, CultureInfo.InvariantCulture)]._sections[section] = lines = [];
        }

        return found.TrueForAll(f => f._sections.Count == SectionCount) ? found : throw new InvalidOperationException($"The appliance said: {said}");
    }

    private static string ReadScript()
    {
        using var stream = typeof(DiskContent).Assembly.GetManifestResourceStream("look.sh")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
