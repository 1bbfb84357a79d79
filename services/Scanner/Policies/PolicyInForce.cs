using Sparsify.Contracts;

namespace Sparsify.Scanner.Policies;

/// <summary>A policy that takes disks.</summary>
/// <param name="Id">The policy.</param>
/// <param name="Revision">Of what it says.</param>
/// <param name="Rule">What it says.</param>
public sealed record PolicyInForce(Guid Id, int Revision, Policy Rule);
