namespace Sparsify.DiskImages.VolumeGroups;

/// <summary>A section of an LVM2 description: values and sections by name. Source: lvm.conf(5), "SYNTAX".</summary>
internal sealed class ConfigurationNode
{
    public Dictionary<string, ConfigurationNode> Sections { get; } = new(StringComparer.Ordinal);

    /// <summary>Numbers and texts; several when the value was a list.</summary>
    public Dictionary<string, IReadOnlyList<object>> Values { get; } = new(StringComparer.Ordinal);

    /// <exception cref="MalformedStructureException">There is no such number.</exception>
    public long Number(string name, long most) => Values.TryGetValue(name, out var value) && value is [long number] && number >= 0 && number <= most
        ? number
        : throw new MalformedStructureException("an LVM2 description", 0, $"'{name}' is no number from 0 to {most}");

    public string? Text(string name) => Values.TryGetValue(name, out var value) && value is [string text] ? text : null;

    public IEnumerable<string> Texts(string name) => Values.TryGetValue(name, out var value) ? value.OfType<string>() : [];

    /// <summary>Same names, values and sections, in any order.</summary>
    public static bool AreEqual(ConfigurationNode one, ConfigurationNode other) =>
        one.Values.Count == other.Values.Count && one.Sections.Count == other.Sections.Count
        && one.Values.All(v => other.Values.TryGetValue(v.Key, out var same) && v.Value.SequenceEqual(same))
        && one.Sections.All(s => other.Sections.TryGetValue(s.Key, out var same) && AreEqual(s.Value, same));

    public ConfigurationNode? Section(string name) => Sections.GetValueOrDefault(name);
}
