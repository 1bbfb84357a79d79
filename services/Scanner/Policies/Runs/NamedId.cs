using System.Security.Cryptography;

namespace Sparsify.Scanner.Policies.Runs;

/// <summary>Ids that follow from what they name: whoever computes one again, after a crash or on another machine, gets the same.</summary>
internal static class NamedId
{
    /// <summary>The run of a policy that is due at a time.</summary>
    public static Guid OfRun(Guid policyId, DateTimeOffset scheduledAt) => Of(policyId, BitConverter.GetBytes(scheduledAt.UtcTicks));

    /// <summary>The operation of a run on a disk.</summary>
    public static Guid OfOperation(Guid runId, Guid diskId) => Of(runId, diskId.ToByteArray(bigEndian: true));

    /// <summary>A UUID of version 8. Source: RFC 9562, section 5.8.</summary>
    private static Guid Of(Guid space, byte[] name)
    {
        var hash = SHA256.HashData([.. space.ToByteArray(bigEndian: true), .. name]).AsSpan(0, 16);
        hash[6] = (byte)((hash[6] & 0x0f) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash, bigEndian: true);
    }
}
