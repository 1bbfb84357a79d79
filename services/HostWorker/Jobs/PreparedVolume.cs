using Sparsify.Contracts;
using Sparsify.HostWorker.Measuring;
using Sparsify.HostWorker.Volumes;

namespace Sparsify.HostWorker.Jobs;

/// <summary>A volume that a run may start on once its vital bytes are journaled.</summary>
/// <param name="Place">Where it was found.</param>
/// <param name="Measured">What a run would give back; null when that could not be measured.</param>
/// <param name="VitalBytes">What an interrupted run could lose.</param>
internal sealed record PreparedVolume(VolumePlace Place, MeasuredVolume? Measured, VitalBytes VitalBytes);
