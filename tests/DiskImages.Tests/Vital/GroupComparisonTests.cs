using Sparsify.DiskImages.Vital;
using Xunit;

namespace Sparsify.DiskImages.Tests.Vital;

/// <summary>Only what an interrupted run leaves may be removed.</summary>
public sealed class GroupComparisonTests
{
    private static readonly string Root = Volume("root", 0, 10);

    public static TheoryData<string, string, string[], string?> Changes => new()
    {
        { "nothing", Root, [], null },
        { "a volume in what was free", Root + Volume("scnis5rb", 10, 90), ["scnis5rb"], null },
        { "two", Root + Volume("scnis5rb", 10, 40) + Volume("left", 50, 50), ["left", "scnis5rb"], null },
        { "one that begins in what was taken", Root + Volume("scnis5rb", 9, 91), [], "scnis5rb" },
        { "one that takes nothing", Root + "empty {\nid = \"e\"\n}\n", [], "empty" },
        { "a volume is gone", Volume("scnis5rb", 10, 90), ["scnis5rb"], "root" },
        { "a volume grew", Volume("root", 0, 20), [], "root" },
        { "a name that could be an option", Root + Volume("-f", 10, 90), [], "-f" },
        { "the group has another id", Root.Replace("root", "root2", StringComparison.Ordinal), ["root2"], null },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_change_is_a_stray_volume_or_a_matter_for_people(string change, string volumes, string[] strays, string? unexplained)
    {
        var (found, sentences) = (new List<StrayVolume>(), new List<string>());
        GroupComparison.Compare(Group(Root), [Group(volumes)], found, sentences);
        if (change == "the group has another id")
        {
            // Renamed: the old name is gone, and the new one lies where it was.
            Assert.Empty(found);
            Assert.Equal(2, sentences.Count);
            return;
        }

        Assert.Equal(strays, found.Select(f => f.Name).Order(StringComparer.Ordinal));
        if (unexplained is null)
            Assert.Empty(sentences);
        else
            Assert.Contains(unexplained, Assert.Single(sentences), StringComparison.Ordinal);
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

    private static GroupDescription Group(string volumes) => new("vg", $"vg {{\nid = \"group-id\"\nseqno = 3\nextent_size = 8192\nlogical_volumes {{\n{volumes}}}\n}}\ncontents = \"Text Format Volume Group\"\n");

    private static string Volume(string name, int start, int count) =>
        $"{name} {{\nid = \"id-{name}\"\nstatus = [\"READ\", \"WRITE\", \"VISIBLE\"]\nsegment_count = 1\nsegment1 {{\nstart_extent = 0\nextent_count = {count}\ntype = \"striped\"\nstripe_count = 1\nstripes = [\n\"pv0\", {start}\n]\n}}\n}}\n";
}
