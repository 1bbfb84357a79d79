using System.Collections.Concurrent;
using Sparsify.Contracts;
using Sparsify.Model.Reference;

namespace Sparsify.Model;

/// <summary>Which states and ways were seen, and how often.</summary>
internal sealed class Coverage
{
    private readonly ConcurrentDictionary<(OperationState From, OperationEvent On, OperationState To), long> _ways = new();

    public IEnumerable<KeyValuePair<(OperationState From, OperationEvent On, OperationState To), long>> Ways => _ways.OrderBy(w => w.Key);

    public void Add(OperationState from, OperationEvent on, OperationState to) => _ways.AddOrUpdate((from, on, to), 1, (_, count) => count + 1);

    /// <summary>Lines of the table that were never used.</summary>
    public IEnumerable<(OperationState From, OperationEvent On, OperationState To)> Missing(IReadOnlyList<Rule> rules) => rules
        .SelectMany(r => r.From.SelectMany(from => r.On.Select(on => (From: from, On: on, To: r.Path.Length == 0 ? from : r.Path[0]))))
        .Where(way => !_ways.ContainsKey(way));
}
