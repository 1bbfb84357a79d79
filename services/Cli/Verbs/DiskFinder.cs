using Sparsify.Api.Disks;
using Sparsify.Cli.Remote;

namespace Sparsify.Cli.Verbs;

/// <summary>Finds the disk that a person means by its id, its name or its path.</summary>
internal static class DiskFinder
{
    /// <exception cref="RefusedException">No disk or several fit.</exception>
    public static async Task<Guid> FindAsync(PlatformClient client, string wanted, CancellationToken cancellationToken)
    {
        if (Guid.TryParse(wanted, out var id))
            return id;
        var fits = new List<DiskView>();
        await foreach (var disk in client.DisksAsync(wanted, onlyNeeding: false, cancellationToken))
        {
            if (disk.Name == wanted || disk.Path == wanted || $"{disk.StorageDomain}/{disk.Path}" == wanted)
                fits.Add(disk);
        }

        return fits.Count switch
        {
            1 => fits[0].Id,
            0 => throw new RefusedException("DISK_NOT_FOUND", $"No disk has the id, name or path '{wanted}'. 'sparsify disks' lists them.", []),
            _ => throw new RefusedException("AMBIGUOUS", $"{fits.Count} disks are named '{wanted}': {string.Join(", ", fits.Select(d => $"{d.StorageDomain}/{d.Path}"))}. Give one of these, or the id.", []),
        };
    }
}
