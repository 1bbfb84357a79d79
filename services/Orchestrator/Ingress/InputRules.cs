using System.Text.RegularExpressions;
using Sparsify.Contracts;

namespace Sparsify.Orchestrator.Ingress;

/// <summary>What a well-formed public input may say, beyond its JSON types. Messages are hostile.</summary>
internal static partial class InputRules
{
    private const int MaximumName = 255;
    private const int MaximumPath = 4096;
    private const int MaximumVolumes = 1000;
    private const int MaximumRegions = 1000;
    private const int MaximumTags = 100;
    private const int MaximumRegionText = 256 * 1024;

    public static void Check(SparsifyDiskRequested request)
    {
        NotEmpty(request.RequestId, "requestId");
        NotEmpty(request.DiskId, "diskId");
        NotNegative(request.MinReclaimable, "minReclaimable");
        OptionalText(request.RequestedBy, "requestedBy");
        if (request.Policy is not { } policy)
            return;
        NotEmpty(policy.PolicyId, "policy.policyId");
        NotEmpty(policy.RunId, "policy.runId");
        Text(policy.Name, "policy.name");
    }

    public static void Check(CancelSparsifyRequested cancel)
    {
        NotEmpty(cancel.OperationId, "operationId");
        OptionalText(cancel.RequestedBy, "requestedBy");
    }

    public static void Check(ResolveSparsifyRequested resolve)
    {
        NotEmpty(resolve.OperationId, "operationId");
        OptionalText(resolve.RequestedBy, "requestedBy");
    }

    public static void Check(DiskReported report)
    {
        NotEmpty(report.DiskId, "diskId");
        Text(report.Name, "name");
        StorageDomain(report.StorageDomain, "storageDomain");
        RelativePath(report.Path, "path");
        NotNegative(report.VirtualSize, "virtualSize");
        NotNegative(report.ActualSize, "actualSize");
        NotNegative(report.DerivedDisks ?? 0, "derivedDisks");
        NotNegative(report.InternalSnapshots ?? 0, "internalSnapshots");
        NotNegative(report.Measurement?.Reclaimable ?? 0, "measurement.reclaimable");
        NotNegative(report.Measurement?.HeldBySnapshots ?? 0, "measurement.heldBySnapshots");
        if (report.Measurement?.Regions.Count > MaximumRegions)
            throw new InvalidInputException("measurement.regions", $"{report.Measurement.Regions.Count} regions; at most {MaximumRegions} are allowed.");
        // What is told on must fit into a message, however its JSON escapes it.
        if (report.Measurement?.Regions.Sum(r => (long)(r.FileSystem?.Length ?? 0) + (r.Label?.Length ?? 0) + (r.Note?.Length ?? 0)) is > MaximumRegionText and var text)
            throw new InvalidInputException("measurement.regions", $"{text} characters of text; at most {MaximumRegionText} are allowed.");
        OptionalText(report.FormatName, "formatName");
        OptionalText(report.Host, "host");
        if (report.ChainLength is < 1)
            throw new InvalidInputException("chainLength", $"{report.ChainLength} is less than 1: a disk has at least its leaf volume.");
    }

    public static void Check(DiskRemoved removed) => NotEmpty(removed.DiskId, "diskId");

    public static void Check(VmStatusReported report)
    {
        NotEmpty(report.VmId, "vmId");
        Text(report.Name, "name");
        OptionalText(report.Host, "host");
        if ((report.DiskIds?.Count ?? 0) + (report.Volumes?.Count ?? 0) > MaximumVolumes)
            throw new InvalidInputException("diskIds", $"more than {MaximumVolumes} disks are plugged into one VM.");
        if (report.Tags?.Count > MaximumTags)
            throw new InvalidInputException("tags", $"{report.Tags.Count} tags; at most {MaximumTags} are allowed.");
        foreach (var tag in report.Tags ?? [])
            Text(tag, "tags");
        foreach (var volume in report.Volumes ?? [])
        {
            StorageDomain(volume.StorageDomain, "volumes.storageDomain");
            RelativePath(volume.Path, "volumes.path");
        }
    }

    public static void Check(StorageDomainReported report)
    {
        StorageDomain(report.Name, "name");
        OptionalText(report.FileSystem, "fileSystem");
        OptionalText(report.Host, "host");
        NotNegative(report.Capacity ?? 0, "capacity");
        NotNegative(report.Available ?? 0, "available");
        if (report.NfsVersion is { } nfs && !NfsVersion().IsMatch(nfs))
            throw new InvalidInputException("nfsVersion", "is not a version such as 4.2.");
    }

    private static void NotEmpty(Guid id, string field)
    {
        if (id == Guid.Empty)
            throw new InvalidInputException(field, "is the empty UUID.");
    }

    private static void NotNegative(long number, string field)
    {
        if (number < 0)
            throw new InvalidInputException(field, $"{number} is negative.");
    }

    private static void Text(string? text, string field)
    {
        if (string.IsNullOrWhiteSpace(text))
            throw new InvalidInputException(field, "is empty.");
        OptionalText(text, field);
    }

    private static void OptionalText(string? text, string field)
    {
        if (text is null)
            return;
        if (text.Length > MaximumName)
            throw new InvalidInputException(field, $"has {text.Length} characters; at most {MaximumName} are allowed.");
        if (text.Any(char.IsControl))
            throw new InvalidInputException(field, "holds control characters.");
    }

    private static void StorageDomain(string? name, string field)
    {
        if (name is null || !StorageDomainName().IsMatch(name))
            throw new InvalidInputException(field, "is not a storage domain's name: 1 to 100 letters, digits, dots, hyphens or underscores.");
    }

    private static void RelativePath(string? path, string field)
    {
        if (string.IsNullOrEmpty(path) || path.Length > MaximumPath)
            throw new InvalidInputException(field, $"is empty or longer than {MaximumPath} characters.");
        if (path.Any(char.IsControl))
            throw new InvalidInputException(field, "holds control characters.");
        if (path.StartsWith('/') || path.Split('/').Any(part => part is "" or "." or ".."))
            throw new InvalidInputException(field, "is not a plain path relative to the storage domain's root.");
    }

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,100}\z")]
    private static partial Regex StorageDomainName();

    [GeneratedRegex(@"^[0-9]{1,2}(\.[0-9]{1,2})?\z")]
    private static partial Regex NfsVersion();
}
