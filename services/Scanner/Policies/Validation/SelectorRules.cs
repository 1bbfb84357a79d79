using Sparsify.Contracts;

namespace Sparsify.Scanner.Policies.Validation;

/// <summary>What a selector may say.</summary>
internal static class SelectorRules
{
    private const int MaximumEntries = 100;
    private const int MaximumLength = 255;

    public static void Check(PolicySelector selector, FaultList faults)
    {
        Check(selector.StorageDomains, "selector.storageDomains", faults);
        Check(selector.Vms, "selector.vms", faults);
        Check(selector.Tags, "selector.tags", faults);
        Check(selector.Disks, "selector.disks", faults);
        if (!faults.Present(selector.Exclude, "selector.exclude"))
            return;
        Check(selector.Exclude.StorageDomains, "selector.exclude.storageDomains", faults);
        Check(selector.Exclude.Vms, "selector.exclude.vms", faults);
        Check(selector.Exclude.Tags, "selector.exclude.tags", faults);
        Check(selector.Exclude.Disks, "selector.exclude.disks", faults);
    }

    private static void Check(IReadOnlyList<string>? entries, string field, FaultList faults)
    {
        if (!faults.Present(entries, field))
            return;
        if (entries!.Count > MaximumEntries)
            faults.Add(field, $"has {entries.Count} entries; at most {MaximumEntries} are allowed.");
        if (entries.Take(MaximumEntries).Any(e => string.IsNullOrWhiteSpace(e) || e.Length > MaximumLength || e.Any(char.IsControl)))
            faults.Add(field, $"has an entry that is empty, longer than {MaximumLength} characters or holds control characters.");
    }
}
