using System.Text.RegularExpressions;
using Sparsify.DiskImages.VolumeGroups;

namespace Sparsify.DiskImages.Vital;

/// <summary>
/// Tells a logical volume that virt-sparsify made of a group's free extents from one that a person made, which is never removed.
/// Sources: guestfs-tools <c>sparsify/in_place.ml</c> (<c>String.random8</c>, <c>lvcreate_free lvname vg 100</c>); libguestfs
/// <c>daemon/lvm.c</c> (<c>lvcreate -l 100%FREE -n NAME GROUP</c>).
/// </summary>
/// <param name="group">The group's name.</param>
/// <param name="free">The extents that were free before the run.</param>
internal sealed partial class StrayRule(string group, ExtentSet free)
{
    /// <summary>
    /// libguestfs <c>appliance/init</c> gives its machine no name, so LVM writes the kernel's own default there. A guest
    /// has a name once it has started. Where the host's kernel was built with another default (Arch Linux), a person decides.
    /// </summary>
    private const string ApplianceHost = "(none)";

    private static readonly string[] PlainStatus = ["READ", "VISIBLE", "WRITE"];

    /// <summary>Why a volume that the journal does not know is none of virt-sparsify's; empty when it is one.</summary>
    public IReadOnlyList<string> Objections(string name, ConfigurationNode volume)
    {
        var objections = new List<string>();
        if (!GroupName().IsMatch(group))
            objections.Add("its group has a name that LVM allows nobody");
        if (!RandomName().IsMatch(name))
            objections.Add("its name is not eight small letters and digits");
        if (volume.Text("creation_host") is not { } host)
            objections.Add("its description does not tell the host that made it");
        else if (host != ApplianceHost)
            objections.Add($"it was made on the host '{StructureReader.Printable(host)}'");
        if (!IsPlain(volume))
            objections.Add("it is no plain linear volume");
        var taken = ExtentSet.TakenBy(volume);
        if (free.Count == 0 || !taken.Equals(free))
            objections.Add($"it takes {taken.Count} extents, and not exactly the {free.Count} that were free");
        return objections;
    }

    private static bool IsPlain(ConfigurationNode volume) =>
        volume.Texts("status").Order(StringComparer.Ordinal).SequenceEqual(PlainStatus)
        && !volume.Texts("flags").Any()
        && !volume.Texts("tags").Any()
        && volume.Sections.Values.All(s => s.Text("type") == "striped" && s.Values.TryGetValue("stripes", out var stripes) && stripes.Count == 2);

    [GeneratedRegex(@"\A[a-z0-9]{8}\z")]
    private static partial Regex RandomName();

    /// <summary>lvm(8), "VALID NAMES"; and it becomes an argument of a tool.</summary>
    [GeneratedRegex(@"\A[A-Za-z0-9_+.][A-Za-z0-9_+.-]{0,126}\z")]
    private static partial Regex GroupName();
}
