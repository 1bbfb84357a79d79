using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Sparsify.Scanner.Policies.Runs;

/// <summary>Spreads starts over a span, each disk always at the same place in it.</summary>
internal static class Stagger
{
    /// <summary>The last start leaves this part of the time until the deadline to what had to wait.</summary>
    private const double LatestShare = 0.5;

    /// <summary>The earliest start of a disk.</summary>
    /// <param name="diskId">The disk.</param>
    /// <param name="span">Over how long starts are spread.</param>
    /// <param name="start">The run's start.</param>
    /// <param name="deadline">Later nothing starts; null when there is no such time.</param>
    public static DateTimeOffset StartOf(Guid diskId, TimeSpan span, DateTimeOffset start, DateTimeOffset? deadline)
    {
        var longest = deadline is { } end ? (end - start) * LatestShare : span;
        return start + ((span < longest ? span : longest) * Place(diskId));
    }

    /// <summary>From 0 to less than 1.</summary>
    private static double Place(Guid diskId)
    {
        var hash = SHA256.HashData(diskId.ToByteArray(bigEndian: true));
        return BinaryPrimitives.ReadUInt32BigEndian(hash) / (uint.MaxValue + 1.0);
    }
}
