namespace Sparsify.HostWorker;

/// <summary>How the appliance is run.</summary>
public enum AcceleratorChoice
{
    /// <summary>KVM where the appliance starts under it, else TCG; tried once and remembered.</summary>
    Auto,

    /// <summary>Hardware virtualisation.</summary>
    Kvm,

    /// <summary>Emulation: about three times slower to start, and works everywhere.</summary>
    Tcg,
}
