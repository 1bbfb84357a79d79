using Sparsify.Contracts;

namespace Sparsify.Model.Worlds;

/// <summary>All messages on their way, in no order. None is lost but those that have a time to live, and answers.</summary>
internal sealed class Soup
{
    private List<Envelope> _messages = [];
    private Dictionary<string, int> _names = [];

    public IReadOnlyList<Envelope> Messages => _messages;

    /// <summary>Those that nobody has looked at yet.</summary>
    public Queue<Envelope> Fresh { get; private init; } = new();

    public Envelope Add(object message, string to, int request = 0)
    {
        var name = $"{Words.Of(message)} > {to}";
        var number = _names[name] = _names.GetValueOrDefault(name) + 1;
        var envelope = new Envelope(number == 1 ? name : $"{name} ({number})", message, to, request);
        _messages.Add(envelope);
        Fresh.Enqueue(envelope);
        return envelope;
    }

    public Envelope? Find(string name) => _messages.Find(m => m.Name == name);

    public Soup Copy() => new() { _messages = [.. _messages], _names = new(_names), Fresh = new(Fresh) };

    public void Remove(Envelope envelope) => _messages.Remove(envelope);

    /// <summary>It may vanish on its way: it is repeated, or waited for with a limit.</summary>
    public static bool MayVanish(object message) =>
        message is ClaimVolumeJobs or HostHeartbeat or VolumeJobOffered or RenewLease or LeaseRenewed or LeaseRevoked or JournalVitalBytes or VitalBytesJournaled;
}
