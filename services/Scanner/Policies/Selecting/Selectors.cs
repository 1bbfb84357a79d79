using Sparsify.Contracts;

namespace Sparsify.Scanner.Policies.Selecting;

/// <summary>Whether selectors fit disks.</summary>
internal static class Selectors
{
    /// <summary>How narrow a selector is, by the narrowest list that is given.</summary>
    public static SelectorWidth Width(this PolicySelector selector) => selector switch
    {
        { Disks.Count: > 0 } => SelectorWidth.Disk,
        { Vms.Count: > 0 } or { Tags.Count: > 0 } => SelectorWidth.Vm,
        { StorageDomains.Count: > 0 } => SelectorWidth.Domain,
        _ => SelectorWidth.All,
    };

    /// <summary>Every list that is given has an entry that fits; names and tags fit one and the same VM. Says nothing of exclusions.</summary>
    public static bool Fits(this PolicySelector selector, DiskChanged disk) =>
        (selector.StorageDomains.Count == 0 || FitsAny(selector.StorageDomains, disk.StorageDomain))
        && (selector.Disks.Count == 0 || FitsDisk(selector.Disks, disk))
        && ((selector.Vms.Count == 0 && selector.Tags.Count == 0)
            || disk.Vms.Any(vm => (selector.Vms.Count == 0 || FitsAny(selector.Vms, vm.Name)) && (selector.Tags.Count == 0 || FitsTag(selector.Tags, vm))));

    /// <summary>Any entry of any list fits.</summary>
    public static bool Fits(this PolicyExclusion exclusion, DiskChanged disk) =>
        FitsAny(exclusion.StorageDomains, disk.StorageDomain)
        || FitsDisk(exclusion.Disks, disk)
        || disk.Vms.Any(vm => FitsAny(exclusion.Vms, vm.Name) || FitsTag(exclusion.Tags, vm));

    /// <summary>The policy that takes a disk: of those that fit and do not exclude it the narrowest, and of those alike the first by name.</summary>
    public static PolicyInForce? TakerOf(this IEnumerable<PolicyInForce> policies, DiskChanged disk) =>
        policies.Where(p => p.Rule.Selector.Fits(disk) && !p.Rule.Selector.Exclude.Fits(disk))
            .OrderBy(p => p.Rule.Selector.Width()).ThenBy(p => p.Rule.Name, StringComparer.Ordinal).FirstOrDefault();

    private static bool FitsTag(IReadOnlyList<string> patterns, DiskVm vm) => patterns.Count > 0 && vm.Tags?.Any(tag => FitsAny(patterns, tag)) == true;

    private static bool FitsDisk(IReadOnlyList<string> patterns, DiskChanged disk) =>
        patterns.Count > 0 && (FitsAny(patterns, disk.DiskId.ToString()) || FitsAny(patterns, disk.Name) || FitsAny(patterns, disk.Path));

    private static bool FitsAny(IReadOnlyList<string> patterns, string text) => patterns.Any(pattern => Wildcard.Fits(pattern, text));
}
