using Sparsify.Contracts;

namespace Sparsify.Scanner.Policies.Runs;

/// <summary>Why a policy is to run.</summary>
/// <param name="Cause">What started it.</param>
/// <param name="ScheduledAt">With the policy it identifies the run.</param>
/// <param name="Reason">What is to be told of it; null when there is nothing to tell.</param>
/// <param name="RequestedBy">Who asked.</param>
/// <param name="Only">The disks that something happened to; null for all.</param>
internal sealed record RunRequest(PolicyRunCause Cause, DateTimeOffset ScheduledAt, string? Reason = null, string? RequestedBy = null, IReadOnlyCollection<Guid>? Only = null);
