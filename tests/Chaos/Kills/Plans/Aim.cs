namespace Sparsify.Chaos.Kills.Plans;

/// <summary>Which part of a run is hit.</summary>
internal enum Aim
{
    /// <summary>Any, from the start of virt-sparsify to its end.</summary>
    Anywhere,

    /// <summary>The clearing of the swap partition.</summary>
    SwapPartition,

    /// <summary>The clearing of the swap area in a logical volume.</summary>
    SwapVolume,

    /// <summary>The discarding of a volume group's free space.</summary>
    VolumeGroup,
}
