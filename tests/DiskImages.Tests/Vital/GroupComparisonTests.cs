using Sparsify.DiskImages.Vital;
using Xunit;

namespace Sparsify.DiskImages.Tests.Vital;

/// <summary>Only what an interrupted run leaves may be removed.</summary>
public sealed class GroupComparisonTests
{
    private const string Appliance = "(none)";

    /// <summary>Ten extents in two stripes take the first five of two physical volumes.</summary>
    private static readonly string Root = Striped("root", 0, 10);

    private static readonly (string, int, int)[] Free = [("pv0", 5, 95), ("pv1", 5, 25)];

    public static TheoryData<string, string, string[], string?> Changes => new()
    {
        { "nothing", Root, [], null },
        { "a volume of all that was free", Root + Volume("scnis5rb", Free), ["scnis5rb"], null },
        { "in other pieces and another order", Root + Volume("scnis5rb", [("pv1", 5, 25), ("pv0", 45, 55), ("pv0", 5, 40)]), ["scnis5rb"], null },
        { "only a part of it", Root + Volume("scnis5rb", [("pv0", 5, 95)]), [], "takes 95 extents, and not exactly the 120 that were free" },
        { "the same extents twice", Root + Volume("scnis5rb", [.. Free, ("pv0", 5, 95)]), [], "takes 215 extents, and not exactly the 120 that were free" },
        { "of a physical volume that allows none", Root + Volume("scnis5rb", [.. Free, ("pv2", 0, 50)]), [], "takes 170 extents, and not exactly the 120 that were free" },
        { "in what was taken", Root + Volume("scnis5rb", [("pv0", 4, 95), ("pv1", 5, 25)]), [], "takes 120 extents, and not exactly the 120 that were free" },
        { "one that takes nothing", Root + "empty123 {\nid = \"e\"\n}\n", [], "vg/empty123" },
        { "a person's name", Root + Volume("data", Free), [], "vg/data was not there before the run, and virt-sparsify makes none like it: its name is not" },
        { "nearly a random name", Root + Volume("scnis5rB", Free), [], "its name is not" },
        { "a name that could be an option", Root + Volume("-scnis5r", Free), [], "its name is not" },
        { "made by a guest", Root + Volume("scnis5rb", Free).Replace(Appliance, "web01", StringComparison.Ordinal), [], "it was made on the host 'web01'" },
        { "made nobody knows where", Root + Volume("scnis5rb", Free).Replace("creation_host", "made_on", StringComparison.Ordinal), [], "its description does not tell the host" },
        { "mirrored", Root + Volume("scnis5rb", Free).Replace("striped", "mirror", StringComparison.Ordinal), [], "no plain linear volume" },
        { "striped", Root + Striped("scnis5rb", 5, 50), [], "no plain linear volume" },
        { "thin", Root + Volume("scnis5rb", []).Replace("segment_count = 0", "segment1 {\nextent_count = 9\ntype = \"thin\"\n}", StringComparison.Ordinal), [], "no plain linear volume" },
        { "read-only", Root + Volume("scnis5rb", Free).Replace(", \"WRITE\"", "", StringComparison.Ordinal), [], "no plain linear volume" },
        { "with a tag", Root + Volume("scnis5rb", Free).Replace("segment_count", "tags = [\"backup\"]\nsegment_count", StringComparison.Ordinal), [], "no plain linear volume" },
        { "a volume is gone", Volume("scnis5rb", Free), ["scnis5rb"], "root" },
        { "a volume grew", Striped("root", 0, 20), [], "root" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_change_is_a_stray_volume_or_a_matter_for_people(string change, string volumes, string[] strays, string? unexplained)
    {
        var (found, sentences) = Compare(Group(Root), Group(volumes));
        Assert.True(strays.SequenceEqual(found), $"{change}: {string.Join(", ", found)}");
        if (unexplained is null)
            Assert.Empty(sentences);
        else
            Assert.Contains(unexplained, Assert.Single(sentences), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_two_volumes_take_all_that_was_free_none_is_removed()
    {
        var (found, sentences) = Compare(Group(Root), Group(Root + Volume("scnis5rb", Free) + Volume("gu0g62gk", Free)));
        Assert.Empty(found);
        Assert.Equal(2, sentences.Count);
    }

    [Fact]
    public void In_a_group_without_free_extents_no_run_leaves_a_volume()
    {
        var full = Root + Volume("data", Free);
        var (found, sentences) = Compare(Group(full), Group(full + Volume("scnis5rb", [])));
        Assert.Empty(found);
        Assert.Single(sentences);
    }

    [Fact]
    public void A_group_whose_name_could_be_an_option_is_a_matter_for_people()
    {
        var (found, sentences) = Compare(Group(Root, "-vg"), Group(Root + Volume("scnis5rb", Free), "-vg"));
        Assert.Empty(found);
        Assert.Single(sentences);
    }

    [Fact]
    public void A_volume_with_another_name_in_the_place_of_a_known_one_is_a_matter_for_people()
    {
        var (found, sentences) = Compare(Group(Root), Group(Root.Replace("root", "rootroot", StringComparison.Ordinal)));
        Assert.Empty(found);
        Assert.Equal(2, sentences.Count);
    }

    [Fact]
    public void A_group_that_is_gone_or_another_one_is_a_matter_for_people()
    {
        var (found, sentences) = (new List<StrayVolume>(), new List<string>());
        GroupComparison.Compare(Group(Root), [], found, sentences);
        GroupComparison.Compare(Group(Root), [Group(Root) with { Text = Group(Root).Text.Replace("group-id", "other-id", StringComparison.Ordinal) }], found, sentences);
        Assert.Empty(found);
        Assert.Equal(2, sentences.Count);
    }

    private static (IEnumerable<string> Strays, List<string> Unexplained) Compare(GroupDescription before, GroupDescription after)
    {
        var (found, sentences) = (new List<StrayVolume>(), new List<string>());
        GroupComparison.Compare(before, [after], found, sentences);
        return (found.Select(f => f.Name), sentences);
    }

    /// <summary>As LVM 2.03.16 writes it, without what plays no part here.</summary>
    private static GroupDescription Group(string volumes, string name = "vg") => new(
        name,
        $"{name} {{\nid = \"group-id\"\nseqno = 3\nextent_size = 8192\nphysical_volumes {{\n{Physical("pv0", 100)}{Physical("pv1", 30)}{Physical("pv2", 50).Replace("\"ALLOCATABLE\"", "", StringComparison.Ordinal)}}}\nlogical_volumes {{\n{volumes}}}\n}}\ncontents = \"Text Format Volume Group\"\n");

    private static string Physical(string name, int extents) => $"{name} {{\nid = \"id-{name}\"\nstatus = [\"ALLOCATABLE\"]\npe_start = 2048\npe_count = {extents}\n}}\n";

    private static string Volume(string name, params (string On, int Start, int Count)[] pieces) =>
        Described(name, pieces.Select((p, i) => Segment(i + 1, p.Count, $"\"{p.On}\", {p.Start}", 1)));

    private static string Striped(string name, int start, int count) => Described(name, [Segment(1, count, $"\"pv0\", {start}, \"pv1\", {start}", 2)]);

    private static string Described(string name, IEnumerable<string> segments) =>
        $"{name} {{\nid = \"id-{name}\"\nstatus = [\"READ\", \"WRITE\", \"VISIBLE\"]\nflags = []\ncreation_time = 1795802425\ncreation_host = \"{Appliance}\"\nsegment_count = {segments.Count()}\n{string.Concat(segments)}}}\n";

    private static string Segment(int number, int count, string stripes, int stripeCount) =>
        $"segment{number} {{\nstart_extent = 0\nextent_count = {count}\ntype = \"striped\"\nstripe_count = {stripeCount}\nstripes = [\n{stripes}\n]\n}}\n";
}
