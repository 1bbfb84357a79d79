using CliWrap;
using CliWrap.Buffered;

namespace Sparsify.Chaos.Kills.Disks;

/// <summary>Compares disks with what was on them, and has their images and file systems checked.</summary>
internal static class Judge
{
    private const int Leaky = 3;

    /// <summary>Everything that is wrong with each disk; nothing for a sound one.</summary>
    /// <param name="reference">What is to be on them.</param>
    /// <param name="disks">The disks.</param>
    public static async Task<IReadOnlyList<IReadOnlyList<Damage>>> ExamineAsync(DiskContent reference, params IReadOnlyList<DiskImage> disks)
    {
        try
        {
            var found = await DiskContent.ReadAsync(disks);
            var damages = new List<IReadOnlyList<Damage>>();
            foreach (var (disk, content) in disks.Zip(found))
                damages.Add([.. await CheckImageAsync(disk), .. reference.Sections.SelectMany(s => Compare(s, reference[s], content[s]))]);
            return damages;
        }
        catch (InvalidOperationException e)
        {
            // One that cannot be read must not hide the other.
            return disks.Count == 1
                ? [[.. await CheckImageAsync(disks[0]), new Damage(DamageKind.Unreadable, e.Message)]]
                : [.. (await ExamineAsync(reference, disks[0])).Concat(await ExamineAsync(reference, [.. disks.Skip(1)]))];
        }
    }

    private static IEnumerable<Damage> Compare(string section, IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        switch (section.Split(' ', 2))
        {
            case ["volumes"]:
                foreach (var gone in before.Except(after))
                    yield return new Damage(DamageKind.Volumes, gone);
                foreach (var stray in after.Except(before))
                    yield return new Damage(DamageKind.StrayVolume, stray);
                break;
            case ["swap", var device] when !before.SequenceEqual(after):
                yield return new Damage(DamageKind.SwapHeader, device);
                break;
            case ["files", var device] when !before.SequenceEqual(after):
                yield return new Damage(DamageKind.Files, $"{device}: {string.Join("; ", before.Except(after).Concat(after.Except(before)).Take(5))}");
                break;
            case ["check", var device] when after is not [.., "code 0"]:
                yield return new Damage(DamageKind.FileSystem, $"{device}: {string.Join("; ", after.TakeLast(5))}");
                break;
        }
    }

    private static async Task<IReadOnlyList<Damage>> CheckImageAsync(DiskImage disk)
    {
        if (disk.Format != "qcow2")
            return [];
        var check = await Cli.Wrap("qemu-img").WithArguments(["check", "-f", disk.Format, disk.Path]).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync();
        return check.ExitCode switch
        {
            0 => [],
            var code => [new Damage(code == Leaky ? DamageKind.Leaks : DamageKind.Image, $"{check.StandardOutput} {check.StandardError}".ReplaceLineEndings(" "))],
        };
    }
}
