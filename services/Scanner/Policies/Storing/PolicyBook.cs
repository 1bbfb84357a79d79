using Microsoft.EntityFrameworkCore;
using Sparsify.Scanner.Storage;

namespace Sparsify.Scanner.Policies.Storing;

/// <summary>
/// The policies in force, as they were last read: for what is asked with every change of a disk. Runs and previews read
/// them anew. Each Scanner has its own and looks for changes from time to time.
/// </summary>
internal sealed class PolicyBook
{
    private volatile IReadOnlyList<PolicyInForce>? _inForce;

    /// <summary>Those in force; none before they were first read.</summary>
    public IReadOnlyList<PolicyInForce> InForce => _inForce ?? [];

    /// <summary>Another list, each time that they were found changed.</summary>
    public object? Version => _inForce;

    /// <summary>Reads them, unless that was done before.</summary>
    public Task EnsureReadAsync(ScannerDbContext db, CancellationToken cancellationToken) => _inForce is null ? RefreshAsync(db, cancellationToken) : Task.CompletedTask;

    /// <summary>Reads them again if any has changed.</summary>
    public async Task RefreshAsync(ScannerDbContext db, CancellationToken cancellationToken)
    {
        var known = await db.Policies.AsNoTracking().Where(p => p.Enabled).OrderBy(p => p.Id).Select(p => new { p.Id, p.Revision }).ToListAsync(cancellationToken);
        if (_inForce is { } read && read.Select(p => new { p.Id, p.Revision }).SequenceEqual(known))
            return;
        _inForce = await ReadAsync(db, cancellationToken);
    }

    /// <summary>Those in force now, in the order of their ids.</summary>
    public static async Task<IReadOnlyList<PolicyInForce>> ReadAsync(ScannerDbContext db, CancellationToken cancellationToken) =>
        await db.Policies.AsNoTracking().Where(p => p.Enabled).OrderBy(p => p.Id).Select(p => new PolicyInForce(p.Id, p.Revision, p.Rule)).ToListAsync(cancellationToken);
}
