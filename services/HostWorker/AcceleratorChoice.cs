namespace Sparsify.HostWorker;

/// <summary>How the appliance is run.</summary>
public enum AcceleratorChoice
{
    /// <summary>KVM, unless the appliance does not start under it or takes more than twice as long as with TCG; tried once and remembered.</summary>
    Auto,

    /// <summary>Hardware virtualisation.</summary>
    Kvm,

    /// <summary>Emulation: about three times slower to start, and works everywhere.</summary>
    Tcg,
}
