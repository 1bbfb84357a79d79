using Sparsify.DiskImages.VolumeGroups;

namespace Sparsify.DiskImages.Vital;

/// <summary>Compares the logical volumes of a group with those that were journaled.</summary>
internal static class GroupComparison
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

        var rule = new StrayRule(journaled.Name, ExtentSet.FreeOf(before));
        var added = present.Where(v => !known.ContainsKey(v.Key)).Select(v => (Name: v.Key, Objections: rule.Objections(v.Key, v.Value))).ToList();
        // Each takes all that was free, so of two that claim to, one was not made by the run: nobody knows which.
        var areMany = added.Count(v => v.Objections.Count == 0) > 1;
        foreach (var (name, objections) in added)
        {
            if (objections.Count == 0 && !areMany)
                strays.Add(new StrayVolume(journaled.Name, name));
            else
                unexplained.Add($"The logical volume {journaled.Name}/{StructureReader.Printable(name)} was not there before the run, and virt-sparsify makes none like it: {(areMany && objections.Count == 0 ? "another one takes the same extents" : string.Join("; ", objections))}.");
        }
    }

    private static Dictionary<string, ConfigurationNode> Volumes(ConfigurationNode group) => group.Section("logical_volumes")?.Sections ?? [];
}
