namespace Sparsify.HostWorker.Jobs;

/// <summary>Why a run was asked to stop.</summary>
internal enum StopReason
{
    /// <summary>Somebody canceled the operation.</summary>
    Canceled,

    /// <summary>The worker was told to stop.</summary>
    Shutdown,

    /// <summary>The right to the disk could not be renewed.</summary>
    LeaseLost,

    /// <summary>It took longer than any run may.</summary>
    TooLong,
}
