namespace Sparsify.Model.Hosts;

/// <summary>The volumes as they really are, whatever anybody believes.</summary>
internal sealed class Volumes
{
    private Dictionary<string, string> _dirty = [];

    /// <summary>The attempt that was cut off there and may have lost vital bytes.</summary>
    public string? CutOff(string volume) => _dirty.GetValueOrDefault(volume);

    public IEnumerable<KeyValuePair<string, string>> Dirty => _dirty;

    /// <summary>A run was cut off.</summary>
    public void Spoil(HostAttempt run) => _dirty[run.Volume] = run.Name;

    /// <summary>A repair has put back what was lost, or a person takes the disk as it is.</summary>
    public bool MakeSound(string volume) => _dirty.Remove(volume);

    /// <summary>A run may write from now on.</summary>
    public void Start(HostAttempt attempt, IEnumerable<HostAttempt> all)
    {
        if (all.FirstOrDefault(other => other != attempt && other.MayWrite && other.Volume == attempt.Volume) is { } second)
            throw new ViolationException("Two writers", $"{attempt.Host} begins {attempt.Name} on {attempt.Volume} while {second.Host} may still write there for {second.Name}");
        if (attempt.IsRepair)
            CheckJournaled(attempt);
        else if (CutOff(attempt.Volume) is { } cutOff)
            throw new ViolationException("Run on a disk that is not proven sound", $"{attempt.Host} begins {attempt.Name} on {attempt.Volume}, where {cutOff} was cut off");
    }

    public Volumes Copy() => new() { _dirty = new(_dirty) };

    private void CheckJournaled(HostAttempt repair)
    {
        var journaled = repair.Journaled?.VolumeGroups[0].Name;
        if (journaled is null || (CutOff(repair.Volume) is { } cutOff && cutOff != journaled))
            throw new ViolationException("Repair without the vital bytes", $"{repair.Name} on {repair.Volume} has those of {journaled ?? "nobody"}; cut off was {CutOff(repair.Volume) ?? "nobody"}");
    }
}
