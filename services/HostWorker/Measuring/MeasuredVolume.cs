using Sparsify.Contracts;
using Sparsify.DiskImages.Measuring;

namespace Sparsify.HostWorker.Measuring;

/// <summary>A measurement: as the library gives it, and as it is told.</summary>
/// <param name="Found">With what only this host needs: device names and hazards.</param>
/// <param name="Told">For messages.</param>
internal sealed record MeasuredVolume(Measurement Found, VolumeMeasurement Told);
