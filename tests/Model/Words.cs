using Sparsify.Contracts;

namespace Sparsify.Model;

/// <summary>A message in few words: how it is told, told apart from others, and compared with what was expected.</summary>
internal static class Words
{
    public static string Of(object message) => message switch
    {
        SparsifyDiskRequested m => $"Requested {Ids.Name(m.RequestId)} {Ids.Name(m.DiskId)}",
        CancelSparsifyRequested m => $"CancelRequested {Ids.Name(m.OperationId)}",
        ResolveSparsifyRequested m => $"ResolveRequested {Ids.Name(m.OperationId)} {m.Resolution}",
        DiskReported m => $"DiskReported {Ids.Name(m.DiskId)} at {m.StorageDomain}/{m.Path} by {m.Source}{(m.Illegal == true ? ", illegal" : "")}",
        DiskRemoved m => $"DiskRemoved {Ids.Name(m.DiskId)} by {m.Source}",
        VmStatusReported m => $"VmStatusReported {Ids.Name(m.VmId)} {m.Status}",
        HostHeartbeat m => $"HostHeartbeat {m.Host}",
        HostDrainRequested m => $"HostDrainRequested {m.Host} {m.Draining} r{m.Revision}",
        HostDrainChanged m => $"HostDrainChanged {m.Host} {m.Draining} r{m.Revision}",
        VolumeMeasured m => $"VolumeMeasured {m.StorageDomain}/{m.Path}",
        ClaimVolumeJobs m => $"ClaimVolumeJobs {m.Host}",
        VolumeJobOffered m => $"VolumeJobOffered {m.StorageDomain}",
        SparsifyVolume m => $"SparsifyVolume {Attempt(m.OperationId, m.Attempt)}",
        RepairVolume m => $"RepairVolume {Attempt(m.Job.OperationId, m.Job.Attempt)}",
        CancelVolumeJob m => $"CancelVolumeJob {Attempt(m.OperationId, m.Attempt)}",
        VolumeJobClosed m => $"VolumeJobClosed {Attempt(m.OperationId, m.Attempt)}",
        RenewLease m => $"RenewLease {Attempt(m.OperationId, m.Attempt)} {m.Host}",
        LeaseRenewed m => $"LeaseRenewed {Attempt(m.OperationId, m.Attempt)}{(m.CancelRequested ? " cancel" : "")}",
        LeaseRevoked m => $"LeaseRevoked {Attempt(m.OperationId, m.Attempt)}",
        JournalVitalBytes m => $"JournalVitalBytes {Attempt(m.OperationId, m.Attempt)} {m.Host}",
        VitalBytesJournaled m => $"VitalBytesJournaled {Attempt(m.OperationId, m.Attempt)}{(m.CancelRequested ? " cancel" : "")}",
        VolumeJobStarted m => $"VolumeJobStarted {Attempt(m.OperationId, m.Attempt)}",
        VolumeJobSucceeded m => $"VolumeJobSucceeded {Attempt(m.OperationId, m.Attempt)}",
        VolumeJobSkipped m => $"VolumeJobSkipped {Attempt(m.OperationId, m.Attempt)}",
        VolumeJobFailed m => $"VolumeJobFailed {Attempt(m.OperationId, m.Attempt)}{(m.Retryable ? " retryable" : "")}{(m.EndedByItself ? "" : " cut off")}",
        VolumeJobCanceled m => $"VolumeJobCanceled {Attempt(m.OperationId, m.Attempt)}",
        VolumeJobLost m => $"VolumeJobLost {Attempt(m.OperationId, m.Attempt)}",
        VolumeRepaired m => $"VolumeRepaired {Attempt(m.OperationId, m.Attempt)} {m.Outcome}",
        VolumeJobUnclaimed m => $"VolumeJobUnclaimed {Ids.Name(m.OperationId)}{(m.Expired ? " expired" : "")}",
        LockedDiskInUse m => $"LockedDiskInUse {Ids.Name(m.OperationId)}",
        SparsifyDiskConflict m => $"SparsifyDiskConflict {Ids.Name(m.OperationId)}",
        SparsifyDiskNeedsAttention m => $"SparsifyDiskNeedsAttention {Ids.Name(m.OperationId)}",
        SparsifyDiskAccepted m => $"SparsifyDiskAccepted {Ids.Name(m.OperationId)}",
        DiskRepaired m => $"DiskRepaired {Ids.Name(m.OperationId)}",
        DiskUnlocked m => $"DiskUnlocked {Ids.Name(m.OperationId)} {Ids.Name(m.DiskId)}",
        OperationChanged m => $"OperationChanged {Ids.Name(m.OperationId)} r{m.Revision} {m.State}",
        SparsifyDiskRejected m => $"Final {Ids.Name(m.OperationId)} Rejected",
        SparsifyDiskSkipped m => $"Final {Ids.Name(m.OperationId)} Skipped",
        SparsifyDiskCompleted m => $"Final {Ids.Name(m.OperationId)} Completed",
        SparsifyDiskFailed m => $"Final {Ids.Name(m.OperationId)} Failed {m.Error.Kind}",
        SparsifyDiskCanceled m => $"Final {Ids.Name(m.OperationId)} Canceled",
        _ => message.GetType().Name,
    };

    public static string Attempt(Guid operation, int attempt) => $"{Ids.Name(operation)}#{attempt}";
}
