using Sparsify.DiskImages.Devices;
using Sparsify.DiskImages.Files;
using Sparsify.DiskImages.Images;
using Sparsify.DiskImages.Measuring;

namespace Sparsify.DiskImages.Vital;

/// <summary>Reads the vital bytes of a disk before a run, and compares the disk with them after one that was cut off. Writes nothing.</summary>
public static class VitalReader
{
    /// <summary>Reads the vital bytes.</summary>
    /// <param name="path">The leaf volume's image.</param>
    /// <param name="format">Its format, never guessed.</param>
    /// <param name="root">The directory that all images below must lie in, symbolic links followed.</param>
    /// <exception cref="ImageFormatException">The image is malformed.</exception>
    /// <exception cref="IOException">The storage does not answer.</exception>
    public static VitalBytes Read(string path, ImageFormat format, string root)
    {
        using var image = Open(path, format, root);
        var survey = new RegionSurvey(new ApplianceDisk(image));
        var swap = survey.Regions().Where(r => r is { Kind: RegionKind.Swap, Device: not null });
        return new VitalBytes(
            [.. swap.Select(r => new SwapHeader(r.Device!, survey.Devices[r.Device!].Read(0, SwapHeader.Size, "the swap header")))],
            Groups(survey));
    }

    /// <summary>Compares a disk with what was journaled of it.</summary>
    /// <inheritdoc cref="Read" />
    public static VitalDifference Compare(string path, ImageFormat format, string root, VitalBytes journaled)
    {
        var (lost, strays, unexplained) = (new List<SwapHeader>(), new List<StrayVolume>(), new List<string>());
        using var image = Open(path, format, root);
        var survey = new RegionSurvey(new ApplianceDisk(image));
        survey.Regions();
        unexplained.AddRange(survey.Unseen.Select(u => $"{u}, which is not looked into: whether the interrupted run left something undone there is not known."));
        try
        {
            foreach (var header in journaled.SwapHeaders)
                CompareHeader(survey.Devices.GetValueOrDefault(header.Device), header, lost, unexplained);
            foreach (var group in journaled.Groups)
                GroupComparison.Compare(group, Groups(survey), strays, unexplained);
        }
        catch (MalformedStructureException e)
        {
            unexplained.Add($"Malformed: {e.Message}.");
        }

        return new VitalDifference(lost, strays, unexplained);
    }

    private static IReadOnlyList<GroupDescription> Groups(RegionSurvey survey) => [.. survey.Groups.Select(g => new GroupDescription(g.Name, g.Text))];

    private static DiskImage Open(string path, ImageFormat format, string root)
    {
        try
        {
            return ImageChain.Open(RealPath.Of(path), format, RealPath.Of(root));
        }
        catch (UnmeasurableImageException e)
        {
            throw new ImageFormatException(path, "the image", 0, e.Message.TrimEnd('.'));
        }
    }

    private static void CompareHeader(GuestDevice? device, SwapHeader journaled, List<SwapHeader> lost, List<string> unexplained)
    {
        if (device is null || device.Length < SwapHeader.Size)
        {
            unexplained.Add($"The swap area {journaled.Device} is not there any more.");
            return;
        }

        var found = device.Read(0, SwapHeader.Size, "the swap header");
        if (found.AsSpan().SequenceEqual(journaled.Content))
            return;
        // A discard leaves zeroes, and writing the header back may have stopped between two sectors.
        for (var at = 0; at < SwapHeader.Size; at += ApplianceDisk.SectorSize)
        {
            var sector = found.AsSpan(at, ApplianceDisk.SectorSize);
            if (sector.ContainsAnyExcept((byte)0) && !sector.SequenceEqual(journaled.Content.AsSpan(at, ApplianceDisk.SectorSize)))
            {
                unexplained.Add($"The swap area {journaled.Device} starts with other bytes than before the run, and they are no zeroes.");
                return;
            }
        }

        lost.Add(journaled);
    }
}
