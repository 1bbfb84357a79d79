using Sparsify.Contracts;
using Sparsify.Orchestrator.Inventory;

namespace Sparsify.Orchestrator.Eligibility;

/// <summary>What the VM manager and the locks say of the disk.</summary>
internal static class DiskRules
{
    public static Violation NotFound(Guid diskId) => new(
        ViolationCodes.DiskNotFound,
        $"No disk {diskId} is known.",
        "Check the id, or wait until a host or the VM manager has reported the disk.");

    public static Violation Locked(Guid operationId) => new(
        ViolationCodes.DiskLocked,
        $"Operation {operationId} holds the disk.",
        "Wait until that operation has ended, or cancel it.",
        operationId);

    public static Violation? Locked(DiskFacts facts, bool allowSnapshots) =>
        facts.LockedBy is { } operationId ? Locked(operationId) : null;

    public static Violation? Illegal(DiskFacts facts, bool allowSnapshots) =>
        facts.Disk.Illegal
            ? new(ViolationCodes.DiskIllegal, "The VM manager marks the disk illegal: its volumes cannot be trusted.", "Repair or restore the disk in the VM manager first.")
            : null;

    public static Violation? VmNotDown(DiskFacts facts, bool allowSnapshots)
    {
        var running = facts.Vms.Where(vm => vm.Status != VmStatus.Down).ToList();
        return running.Count == 0 ? null : VmNotDown(running);
    }

    public static Violation VmNotDown(IEnumerable<VirtualMachine> running) => new(
        ViolationCodes.VmNotDown,
        $"The disk is plugged into {string.Join(", ", running.Select(vm => $"VM '{vm.Name}', which is {Word(vm.Status)}"))}.",
        "Shut the VM down, or unplug the disk.");

    public static Violation? NotAnImage(DiskFacts facts, bool allowSnapshots) => facts.Disk.Kind switch
    {
        DiskKind.Image => null,
        DiskKind.DirectLun => new(ViolationCodes.NotAnImage, "The disk is a direct LUN, not an image.", "Trim it from inside the guest."),
        _ => new(ViolationCodes.NotAnImage, "The disk is a managed block disk, not an image.", "Trim it from inside the guest, or with the block service's own tools."),
    };

    private static string Word(VmStatus status) => status switch
    {
        VmStatus.Up => "up",
        VmStatus.PoweringUp => "powering up",
        VmStatus.PoweringDown => "powering down",
        VmStatus.Paused => "paused",
        VmStatus.Suspended => "suspended",
        VmStatus.Migrating => "migrating",
        _ => "in an unknown state",
    };
}
