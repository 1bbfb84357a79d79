using System.Xml;
using System.Xml.Linq;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.DiskImages.Files;
using Sparsify.HostWorker.Processes;
using Sparsify.HostWorker.Volumes;

namespace Sparsify.HostWorker.Discovery;

/// <summary>The VMs of this host's libvirt, where <c>virsh</c> answers. Source: virsh(1); https://libvirt.org/formatdomain.html.</summary>
internal sealed class LibvirtMachines(IOptions<HostWorkerOptions> options, StorageDomainRoots roots, TimeProvider time, ILogger<LibvirtMachines> logger)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>All VMs; null where there is no libvirt to ask.</summary>
    public async Task<IReadOnlyList<VmStatusReported>?> LookAsync(CancellationToken cancellationToken)
    {
        if (await VirshAsync(["list", "--all", "--uuid"], cancellationToken) is not { } list)
            return null;
        var machines = new List<VmStatusReported>();
        foreach (var line in list.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (Guid.TryParse(line, out var id) && await ReadAsync(id, cancellationToken) is { } machine)
                machines.Add(machine);
        }

        return machines;
    }

    private async Task<VmStatusReported?> ReadAsync(Guid id, CancellationToken cancellationToken)
    {
        // The disks first: a VM that starts between the two is then seen as up.
        if (await VirshAsync(["dumpxml", id.ToString()], cancellationToken) is not { } xml || await VirshAsync(["domstate", id.ToString()], cancellationToken) is not { } state)
            return null;
        try
        {
            var domain = XDocument.Parse(xml).Root!;
            return new VmStatusReported
            {
                VmId = id,
                Name = domain.Element("name")?.Value ?? id.ToString(),
                Status = StatusOf(state.Trim()),
                ReportedAt = time.GetUtcNow(),
                Volumes = [.. domain.Descendants("disk").Select(d => d.Element("source")).Select(s => (string?)s?.Attribute("file") ?? (string?)s?.Attribute("dev")).OfType<string>().Select(VolumeAt).OfType<VolumeReference>().Distinct()],
                Host = options.Value.Name,
            };
        }
        catch (XmlException e)
        {
            logger.LogWarning("libvirt's description of VM {VmId} cannot be read: {Reason}", id, e.Message);
            return null;
        }
    }

    private VolumeReference? VolumeAt(string path)
    {
        foreach (var (name, directory) in roots.All)
        {
            try
            {
                var root = RealPath.Of(directory);
                if (RealPath.Within(root, path) is { } real)
                    return new VolumeReference(name, Path.GetRelativePath(root, real));
            }
            catch (FileNotFoundException)
            {
                // A volume or a domain that is away.
            }
        }

        return null;
    }

    private async Task<string?> VirshAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        try
        {
            var run = await ToolOutput.RunAsync("virsh", ["--connect", options.Value.LibvirtUri, "--readonly", .. arguments], Limit, cancellationToken: cancellationToken);
            return run is { ExitCode: 0 } ? run.StandardOutput : null;
        }
        catch (TimeoutException e)
        {
            logger.LogWarning("libvirt does not answer: {Reason}", e.Message);
            return null;
        }
    }

    /// <summary>The words of virsh domstate. «crashed» leaves no process; every other state may have the disk open.</summary>
    private static VmStatus StatusOf(string state) => state switch
    {
        "shut off" or "crashed" => VmStatus.Down,
        "running" or "idle" => VmStatus.Up,
        "paused" => VmStatus.Paused,
        "in shutdown" => VmStatus.PoweringDown,
        "pmsuspended" => VmStatus.Suspended,
        _ => VmStatus.Unknown,
    };
}
