using Sparsify.Chaos.StandIn;

// Stands in for virt-sparsify, for guestfish, and for the qemu that both start: what the platform would do to a disk,
// in a time that the test sets, with faults that the real ones do not produce on demand.
return args switch
{
    ["virt-sparsify", .. var rest] => Tool.Sparsify(rest),
    ["guestfish", .. var rest] => Tool.Repair(rest),
    ["appliance", var image, var record, var isLocked] => Appliance.Run(image, record, bool.Parse(isLocked)),
    _ => throw new ArgumentException($"Unknown call: {string.Join(' ', args)}"),
};
