using Sparsify.Contracts;
using Sparsify.HostWorker.Capabilities;
using Sparsify.HostWorker.Discovery;

namespace Sparsify.HostWorker.Diagnosis;

/// <summary>Says whether this host can sparsify, and what to do where it cannot.</summary>
public sealed class Doctor
{
    private static readonly string[] NeededFeatures = ["in-place"];
    private static readonly (string Feature, string Remedy)[] OptionalFeatures =
    [
        ("ntfs", "NTFS disks will be passed over; install ntfs-3g."),
        ("btrfs", "btrfs disks will be passed over; install the btrfs support of libguestfs."),
    ];

    private readonly AppliancePreparation _appliance;
    private readonly StorageDomainProbe _probe;

    internal Doctor(AppliancePreparation appliance, StorageDomainProbe probe) => (_appliance, _probe) = (appliance, probe);

    /// <summary>Looks at the tools; the first time this starts an appliance, which takes seconds.</summary>
    public async Task<IReadOnlyList<CheckResult>> CheckToolsAsync(CancellationToken cancellationToken)
    {
        var found = await _appliance.ExamineAsync(cancellationToken);
        var results = new List<CheckResult>
        {
            found.VirtSparsifyVersion is { } version
                ? new("virt-sparsify", CheckState.Ok, version)
                : new("virt-sparsify", CheckState.Failed, _appliance.Failure ?? "not installed", "Install guestfs-tools (Debian 11: libguestfs-tools)."),
            found.QemuImgVersion is { } qemu
                ? new("qemu-img", CheckState.Ok, qemu)
                : new("qemu-img", CheckState.Failed, "not installed", "Install qemu-utils (RHEL: qemu-img)."),
        };
        if (found.VirtSparsifyVersion is null)
            return results;
        results.Add(Appliance(found));
        if (found.Accelerator is not null)
            results.AddRange(Features(found));
        return results;
    }

    /// <summary>Looks at one storage domain's directory.</summary>
    public IReadOnlyList<CheckResult> CheckStorageDomain(string name, string directory)
    {
        var subject = $"domain {name}";
        if (!Directory.Exists(directory))
            return [new(subject, CheckState.Failed, $"'{directory}' is not there", "Mount the storage, or correct the path.")];
        try
        {
            return Describe(subject, _probe.Probe(name, directory, host: null));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [new(subject, CheckState.Failed, $"'{directory}' cannot be written to: {e.Message}", "Give the worker's user the right to write there, or mount it read-write.")];
        }
    }

    private CheckResult Appliance(HostCapabilities found) => found.Accelerator switch
    {
        "kvm" => new("appliance", CheckState.Ok, "starts with KVM"),
        "tcg" when File.Exists("/dev/kvm") => new("appliance", CheckState.Warning, "starts with emulation (TCG); it dies under this machine's KVM, or takes much longer", "Nothing needs to be done; each run takes some seconds longer to start."),
        "tcg" => new("appliance", CheckState.Warning, "starts with emulation (TCG); there is no /dev/kvm", "Turn on virtualisation for faster starts."),
        _ => new("appliance", CheckState.Failed, _appliance.Failure ?? "does not start", "Run 'LIBGUESTFS_BACKEND=direct libguestfs-test-tool' and read the end of its output; often a kernel in /boot is missing or unreadable."),
    };

    private static IEnumerable<CheckResult> Features(HostCapabilities found)
    {
        foreach (var feature in NeededFeatures.Where(f => !found.Features.Contains(f)))
            yield return new CheckResult($"feature {feature}", CheckState.Failed, "virt-sparsify does not have it", "Use a newer guestfs-tools.");
        foreach (var (feature, remedy) in OptionalFeatures.Where(f => !found.Features.Contains(f.Feature)))
            yield return new CheckResult($"feature {feature}", CheckState.Warning, "virt-sparsify does not have it", remedy);
    }

    private static List<CheckResult> Describe(string subject, StorageDomainReported found)
    {
        var results = new List<CheckResult>
        {
            new(subject, CheckState.Ok, $"{found.FileSystem ?? "unknown file system"}{(found.NfsVersion is { } nfs ? $" (NFS {nfs})" : "")}, writable, {found.Available >> 30} of {found.Capacity >> 30} GiB free"),
        };
        results.Add(found.SupportsDiscard == true
            ? new(subject, CheckState.Ok, "a punched hole gives its blocks back")
            : new(subject, CheckState.Failed, "a punched hole gives no blocks back", found.NfsVersion is null ? "Use a file system with hole punching (ext4, XFS, btrfs)." : "Mount it with NFS 4.2 (vers=4.2) from a server that supports it."));
        return results;
    }
}
