using System.Text.RegularExpressions;
using Sparsify.DiskImages.VolumeGroups;

namespace Sparsify.DiskImages.Vital;

/// <summary>Compares the logical volumes of a group with those that were journaled.</summary>
internal static partial class GroupComparison
{
    /// <summary>Adds what differs.</summary>
    public static void Compare(GroupDescription journaled, IReadOnlyList<GroupDescription> found, List<StrayVolume> strays, List<string> unexplained)
    {
        var before = ConfigurationParser.Parse(journaled.Text).Section(journaled.Name);
        var now = found.FirstOrDefault(g => g.Name == journaled.Name);
        if (before is null || now is null || ConfigurationParser.Parse(now.Text).Section(journaled.Name) is not { } after)
        {
            unexplained.Add($"The volume group {journaled.Name} is not there any more, or cannot be read.");
            return;
        }

        if (before.Text("id") != after.Text("id"))
            unexplained.Add($"The volume group {journaled.Name} is another one than before the run.");
        var (known, present) = (Volumes(before), Volumes(after));
        foreach (var (name, volume) in known)
        {
            if (!present.TryGetValue(name, out var same) || !ConfigurationNode.AreEqual(volume, same))
                unexplained.Add($"The logical volume {journaled.Name}/{name} is gone or was changed.");
        }

        var taken = known.Values.SelectMany(Areas).ToList();
        foreach (var (name, volume) in present.Where(v => !known.ContainsKey(v.Key)))
        {
            var areas = Areas(volume).ToList();
            if (areas.Count > 0 && LvmName().IsMatch(name) && LvmName().IsMatch(journaled.Name) && !areas.Any(a => taken.Any(t => t.Device == a.Device && t.Start < a.End && a.Start < t.End)))
                strays.Add(new StrayVolume(journaled.Name, name));
            else
                unexplained.Add($"The logical volume {journaled.Name}/{StructureReader.Printable(name)} was not there before the run, and does not lie in what was free.");
        }
    }

    private static Dictionary<string, ConfigurationNode> Volumes(ConfigurationNode group) => group.Section("logical_volumes")?.Sections ?? [];

    /// <summary>The extents that a logical volume takes, of whatever type it is.</summary>
    private static IEnumerable<(string Device, long Start, long End)> Areas(ConfigurationNode volume)
    {
        foreach (var segment in volume.Sections.Values.Where(s => s.Values.ContainsKey("extent_count")))
        {
            var count = segment.Number("extent_count", uint.MaxValue);
            foreach (var list in segment.Values.Values.Where(v => v.Count > 1))
            {
                for (var i = 0; i + 1 < list.Count; i += 2)
                {
                    // As long as the whole segment, also where it is striped: too much is refused, too little is not.
                    if (list[i] is string device && list[i + 1] is long start)
                        yield return (device, start, start + count);
                }
            }
        }
    }

    /// <summary>lvm(8), "VALID NAMES"; and it becomes an argument of a tool.</summary>
    [GeneratedRegex(@"\A[A-Za-z0-9_+.][A-Za-z0-9_+.-]{0,126}\z")]
    private static partial Regex LvmName();
}
