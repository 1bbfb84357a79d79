using System.Diagnostics.CodeAnalysis;
using Sparsify.Contracts;
using Sparsify.Scanner.Policies.Schedules;

namespace Sparsify.Scanner.Policies.Validation;

/// <summary>Collects what is wrong with a policy.</summary>
internal sealed class FaultList
{
    private readonly List<PolicyFault> _faults = [];

    public IReadOnlyList<PolicyFault> All => _faults;

    public void Add(string field, string reason) => _faults.Add(new PolicyFault(field, reason));

    /// <summary>Whether a part is there; a part that the contract promises may be null all the same.</summary>
    public bool Present([NotNullWhen(true)] object? part, string field)
    {
        if (part is null)
            Add(field, "is null.");
        return part is not null;
    }

    public void Range(long? number, long least, long most, string field)
    {
        if (number < least || number > most)
            Add(field, most == long.MaxValue ? $"is {number}; it is at least {least}." : $"is {number}; it is {least} to {most}.");
    }

    public void Word<T>(T word, string field)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(word))
            Add(field, "is not one of the words that are known.");
    }

    /// <returns>Whether it can be used.</returns>
    public bool TimeZone(string? name, string field)
    {
        if (name is null || TimeZones.IsKnown(name))
            return true;
        Add(field, "is not an IANA time zone that is known here, such as Europe/Prague.");
        return false;
    }
}
