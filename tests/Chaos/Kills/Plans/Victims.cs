namespace Sparsify.Chaos.Kills.Plans;

/// <summary>Who gets SIGKILL.</summary>
internal enum Victims
{
    /// <summary>The worker alone: the lifeline ends the run in order.</summary>
    Worker,

    /// <summary>virt-sparsify alone.</summary>
    VirtSparsify,

    /// <summary>The appliance alone, as by the kernel that is out of memory.</summary>
    Qemu,

    /// <summary>The lifeline's first process alone, as by a mistaken hand.</summary>
    Lifeline,

    /// <summary>The worker and the whole lifeline: nobody is there to end the run.</summary>
    WorkerAndLifeline,

    /// <summary>Everything at once, as a host that loses its power.</summary>
    All,
}
