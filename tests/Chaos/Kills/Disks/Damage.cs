namespace Sparsify.Chaos.Kills.Disks;

/// <summary>One thing that is wrong with a disk.</summary>
/// <param name="Kind">What.</param>
/// <param name="Where">The device, or what the tool said.</param>
internal sealed record Damage(DamageKind Kind, string Where)
{
    /// <inheritdoc />
    public override string ToString() => $"{Kind} {Where}";
}
