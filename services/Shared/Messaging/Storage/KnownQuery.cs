using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Sparsify.Messaging;

/// <summary>
/// A query that is asked so often that it is translated once and kept. What EF Core compiles is bound to the model it was first
/// asked with and refuses any other; a process may have several, of PostgreSQL and of SQLite, so there is one for each.
/// </summary>
/// <typeparam name="TQuery">What <see cref="EF"/><c>.CompileAsyncQuery</c> makes.</typeparam>
public sealed class KnownQuery<TQuery>(Func<TQuery> compile)
    where TQuery : Delegate
{
    private readonly ConditionalWeakTable<IModel, TQuery> _compiled = [];

    /// <summary>The query as it is asked of this context, and of all others with its model.</summary>
    public TQuery For(DbContext db)
    {
        ArgumentNullException.ThrowIfNull(db);
        return _compiled.TryGetValue(db.Model, out var compiled) ? compiled : _compiled.GetValue(db.Model, _ => compile());
    }
}
