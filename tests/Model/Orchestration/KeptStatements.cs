using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Sparsify.Model.Orchestration;

/// <summary>
/// Keeps what SQLite has prepared: a sequence runs the same hundred statements as the one before, and to prepare them anew
/// takes longer than to run them.
/// </summary>
internal sealed class KeptStatements : DbCommandInterceptor, IDisposable
{
    private readonly Dictionary<string, Stack<Kept>> _kept = [];

    public override DbCommand CommandInitialized(CommandEndEventData eventData, DbCommand result)
    {
        if (!_kept.TryGetValue(result.CommandText, out var free))
            _kept[result.CommandText] = free = new Stack<Kept>();
        var kept = free.TryPop(out var known) ? known.Taken() : new Kept(free) { CommandText = result.CommandText, Connection = (SqliteConnection?)result.Connection };
        foreach (var parameter in result.Parameters)
            kept.Parameters.Add(parameter);
        kept.Transaction = (SqliteTransaction?)result.Transaction;
        result.Parameters.Clear();
        result.Dispose();
        return kept;
    }

    public void Dispose()
    {
        foreach (var kept in _kept.Values.SelectMany(free => free))
            kept.End();
        _kept.Clear();
    }

    private sealed class Kept(Stack<Kept> free) : SqliteCommand
    {
        private bool _isFree;
        private bool _isOver;

        public Kept Taken()
        {
            _isFree = false;
            return this;
        }

        public void End()
        {
            _isOver = true;
            Dispose();
        }

        protected override void Dispose(bool disposing)
        {
            if (_isOver || !disposing)
            {
                base.Dispose(disposing);
                return;
            }

            if (_isFree)
                return;
            _isFree = true;
            Parameters.Clear();
            Transaction = null;
            free.Push(this);
        }
    }
}
