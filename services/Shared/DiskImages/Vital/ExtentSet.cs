using Sparsify.DiskImages.VolumeGroups;

namespace Sparsify.DiskImages.Vital;

/// <summary>Extents of a group's physical volumes, in pieces as long as they can be. Source: LVM2 <c>lib/format_text/export.c</c>.</summary>
internal sealed class ExtentSet : IEquatable<ExtentSet>
{
    private const long MostExtents = uint.MaxValue;
    private readonly List<(string On, long Start, long End)> _pieces = [];

    private ExtentSet(IEnumerable<(string On, long Start, long End)> pieces)
    {
        foreach (var piece in pieces.Where(p => p.End > p.Start).OrderBy(p => p.On, StringComparer.Ordinal).ThenBy(p => p.Start))
        {
            Count += piece.End - piece.Start;
            if (_pieces.Count > 0 && _pieces[^1].On == piece.On && _pieces[^1].End == piece.Start)
                _pieces[^1] = _pieces[^1] with { End = piece.End };
            else
                _pieces.Add(piece);
        }
    }

    /// <summary>How many; one that is named twice counts twice, and makes the set unlike every sound one.</summary>
    public long Count { get; }

    /// <summary>What a logical volume takes of physical volumes itself, of whatever type it is.</summary>
    /// <exception cref="MalformedStructureException">The description makes no sense.</exception>
    public static ExtentSet TakenBy(ConfigurationNode volume) => new(Areas(volume));

    /// <summary>What <c>lvcreate -l 100%FREE</c> would take.</summary>
    /// <exception cref="MalformedStructureException">The description makes no sense.</exception>
    public static ExtentSet FreeOf(ConfigurationNode group)
    {
        var taken = (group.Section("logical_volumes")?.Sections.Values ?? Enumerable.Empty<ConfigurationNode>()).SelectMany(Areas).ToLookup(a => a.On, StringComparer.Ordinal);
        return new ExtentSet((group.Section("physical_volumes")?.Sections ?? []).Where(p => p.Value.Texts("status").Contains("ALLOCATABLE")).SelectMany(p => Gaps(p.Key, p.Value.Number("pe_count", MostExtents), taken[p.Key])));
    }

    public bool Equals(ExtentSet? other) => other is not null && _pieces.SequenceEqual(other._pieces);

    public override bool Equals(object? obj) => Equals(obj as ExtentSet);

    public override int GetHashCode() => HashCode.Combine(Count, _pieces.Count);

    private static IEnumerable<(string On, long Start, long End)> Gaps(string physical, long extents, IEnumerable<(string On, long Start, long End)> taken)
    {
        var after = 0L;
        foreach (var (_, start, end) in taken.OrderBy(t => t.Start))
        {
            yield return (physical, after, start);
            after = Math.Max(after, end);
        }

        yield return (physical, after, extents);
    }

    private static IEnumerable<(string On, long Start, long End)> Areas(ConfigurationNode volume)
    {
        foreach (var segment in volume.Sections.Values.Where(s => s.Values.ContainsKey("extent_count")))
        {
            var count = segment.Number("extent_count", MostExtents);
            foreach (var list in segment.Values.Values.Where(v => v.Count > 1))
            {
                var length = segment.Text("type") == "striped" ? count / (list.Count / 2) : count;
                for (var i = 0; i + 1 < list.Count; i += 2)
                {
                    if (list[i] is string on && list[i + 1] is >= 0L and <= MostExtents and var start)
                        yield return (on, (long)start, (long)start + length);
                }
            }
        }
    }
}
