using Sparsify.Contracts;
using Sparsify.DiskImages.Vital;
using Journaled = Sparsify.Contracts.VitalBytes;
using Read = Sparsify.DiskImages.Vital.VitalBytes;

namespace Sparsify.HostWorker.Repairs;

/// <summary>Vital bytes in the words of the library that reads them, and in those of the contracts.</summary>
internal static class VitalWords
{
    public static Journaled ToContract(this Read read) => new()
    {
        SwapHeaders = [.. read.SwapHeaders.Select(s => new VitalSwapHeader(s.Device, s.Content))],
        VolumeGroups = [.. read.Groups.Select(g => new VitalVolumeGroup(g.Name, g.Text))],
    };

    public static Read ToLibrary(this Journaled journaled) => new(
        [.. journaled.SwapHeaders.Select(s => new SwapHeader(s.Device, s.Content))],
        [.. journaled.VolumeGroups.Select(g => new GroupDescription(g.Name, g.Metadata))]);
}
