using System.Text.Json;
using MassTransit.Serialization;
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

    /// <summary>Bytes that they take in a message: what a guest's metadata is full of may take six times its length there.</summary>
    public static long MessageSize(this Journaled vital) => JsonSerializer.SerializeToUtf8Bytes(vital, SystemTextJsonMessageSerializer.Options).LongLength;

    public static Read ToLibrary(this Journaled journaled) => new(
        [.. journaled.SwapHeaders.Select(s => new SwapHeader(s.Device, s.Content))],
        [.. journaled.VolumeGroups.Select(g => new GroupDescription(g.Name, g.Metadata))]);
}
