using Sparsify.DiskImages.Devices;

namespace Sparsify.DiskImages.VolumeGroups;

/// <summary>An LVM2 volume group as its description has it. Source: LVM2 <c>lib/format_text/import_vsn1.c</c>.</summary>
internal sealed class VolumeGroup
{
    private const int Sector = 512;
    private const long MostExtents = uint.MaxValue;
    private const long MostSectors = long.MaxValue / Sector / 2;
    private readonly Dictionary<string, (PhysicalVolume Volume, long Start, long Extents, bool MayAllocate)> _physical = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<(long Start, long End)>> _taken = new(StringComparer.Ordinal);

    private VolumeGroup(string name, string text, ConfigurationNode section, IReadOnlyList<PhysicalVolume> found)
    {
        (Name, Text) = (name, text);
        ExtentSize = section.Number("extent_size", MostSectors) * Sector;
        if (ExtentSize == 0)
            throw Malformed("extents of no size");
        var missing = new List<string>();
        foreach (var (key, physical) in section.Section("physical_volumes")?.Sections ?? [])
        {
            var id = physical.Text("id")?.Replace("-", "", StringComparison.Ordinal);
            if (found.FirstOrDefault(v => v.Id == id) is { } volume)
                _physical[key] = (volume, physical.Number("pe_start", MostSectors) * Sector, physical.Number("pe_count", MostExtents), physical.Texts("status").Contains("ALLOCATABLE"));
            else
                missing.Add(key);
        }

        Missing = missing;
        IsWritable = section.Texts("status").Contains("WRITE") && !section.Texts("status").Contains("EXPORTED");
        foreach (var (_, physical) in _physical)
        {
            if (physical.Extents > physical.Volume.Device.Length / ExtentSize || physical.Start > physical.Volume.Device.Length - (physical.Extents * ExtentSize))
                throw Malformed($"a physical volume of {physical.Extents} extents from {physical.Start} on, on a device of {physical.Volume.Device.Length} bytes");
        }

        var logical = section.Section("logical_volumes")?.Sections ?? [];
        var origins = logical.Values.SelectMany(v => v.Sections.Values).Select(s => s.Text("origin")).OfType<string>().ToHashSet(StringComparer.Ordinal);
        Volumes = [.. logical.Select(l => Read(l.Key, l.Value, origins))];
    }

    public string Name { get; }

    /// <summary>The newest description, whole; it may describe nothing else.</summary>
    public string Text { get; }

    public long ExtentSize { get; }

    /// <summary>Physical volumes that are on other disks.</summary>
    public IReadOnlyList<string> Missing { get; }

    public bool IsWritable { get; }

    public IReadOnlyList<LogicalVolume> Volumes { get; }

    /// <summary>The groups that physical volumes of one disk belong to.</summary>
    /// <exception cref="MalformedStructureException">A description makes no sense.</exception>
    public static IReadOnlyList<VolumeGroup> Of(IReadOnlyList<PhysicalVolume> found)
    {
        var groups = new Dictionary<string, (long Sequence, string Name, string Text, ConfigurationNode Section)>(StringComparer.Ordinal);
        foreach (var text in found.Select(v => v.Text).OfType<string>())
        {
            foreach (var (name, section) in ConfigurationParser.Parse(text).Sections)
            {
                var sequence = section.Number("seqno", long.MaxValue);
                var id = section.Text("id") ?? "";
                if (!groups.TryGetValue(id, out var known) || known.Sequence < sequence)
                    groups[id] = (sequence, StructureReader.Printable(name) ?? "?", text, section);
            }
        }

        return [.. groups.Values.Select(g => new VolumeGroup(g.Name, g.Text, g.Section, found))];
    }

    /// <summary>The places of the extents that no logical volume takes, in pieces that lie side by side.</summary>
    public IEnumerable<(PhysicalVolume Volume, long Offset, long Length)> FreePieces()
    {
        foreach (var (key, physical) in _physical.Where(p => p.Value.MayAllocate))
        {
            var after = 0L;
            foreach (var (start, end) in _taken.GetValueOrDefault(key, []).OrderBy(t => t.Start))
            {
                if (start > after)
                    yield return Piece(physical.Volume, physical.Start, after, start);
                after = Math.Max(after, end);
            }

            if (after < physical.Extents)
                yield return Piece(physical.Volume, physical.Start, after, physical.Extents);
        }
    }

    private (PhysicalVolume, long, long) Piece(PhysicalVolume volume, long start, long from, long to) => (volume, start + (from * ExtentSize), (to - from) * ExtentSize);

    private LogicalVolume Read(string name, ConfigurationNode section, HashSet<string> origins)
    {
        var segments = new List<LogicalSegment>();
        var problem = origins.Contains(name) ? "It is the origin of a snapshot." : null;
        var size = 0L;
        foreach (var segment in section.Sections.Where(s => s.Key.StartsWith("segment", StringComparison.Ordinal)).Select(s => s.Value).OrderBy(s => s.Number("start_extent", MostExtents)))
        {
            var (start, count) = (segment.Number("start_extent", MostExtents), segment.Number("extent_count", MostExtents));
            var type = segment.Text("type") ?? "?";
            size = Math.Max(size, start + count);
            if (type != "striped")
                problem ??= $"It is of the type {StructureReader.Printable(type)}, which is not resolved.";
            if (Stripes(segment, type, count) is not { Count: > 0 } stripes)
                problem ??= "A part of it lies on another disk, or on another logical volume.";
            else if (start * ExtentSize != (segments.Count == 0 ? 0 : segments[^1].End))
                problem ??= "Its segments do not follow each other.";
            else
                segments.Add(new LogicalSegment(start * ExtentSize, count * ExtentSize, stripes.Count == 1 ? count * ExtentSize : StripeSize(segment), stripes));
        }

        var isVisible = section.Texts("status").Contains("VISIBLE");
        var isWritable = section.Texts("status").Contains("WRITE");
        return new LogicalVolume(StructureReader.Printable(name) ?? "?", isVisible, isWritable, size * ExtentSize, problem is null ? segments : [], problem, problem is null ? null : UnseenKind.Of(section, origins.Contains(name)));
    }

    private static long StripeSize(ConfigurationNode segment) => segment.Number("stripe_size", MostSectors) * Sector is > 0 and var size ? size : throw Malformed("stripes of no size");

    /// <summary>Where a segment lies, and marks it as taken, whatever its type: all types list the areas they use as pairs.</summary>
    private List<(GuestDevice, long)>? Stripes(ConfigurationNode segment, string type, long count)
    {
        var stripes = new List<(GuestDevice, long)>();
        var isWhole = true;
        foreach (var (_, list) in segment.Values.Where(v => v.Value.Count > 1 && v.Key is "stripes" or "mirrors" or "areas" or "raids"))
        {
            var areas = list.Count / 2;
            if (type == "striped" && areas > 0 && count % areas != 0)
                throw Malformed($"{count} extents in {areas} stripes");
            for (var i = 0; i + 1 < list.Count; i += 2)
            {
                if (list[i] is not string on || list[i + 1] is not long first || !_physical.TryGetValue(on, out var physical))
                {
                    isWhole = false;
                    continue;
                }

                var length = type == "striped" ? count / areas : count;
                if (first < 0 || length > physical.Extents || first > physical.Extents - length)
                    throw Malformed($"a segment of {length} extents at {first}, on a physical volume of {physical.Extents}");
                if (!_taken.TryGetValue(on, out var taken))
                    _taken[on] = taken = [];
                taken.Add((first, first + length));
                stripes.Add((physical.Volume.Device, physical.Start + (first * ExtentSize)));
            }
        }

        return isWhole ? stripes : null;
    }

    private static MalformedStructureException Malformed(string reason) => new("an LVM2 description", 0, reason);
}
