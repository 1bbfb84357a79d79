using System.Text.Json.Serialization;
using Sparsify.Contracts;

namespace Sparsify.Api.Operations;

/// <summary>A person's decision about an operation that needs attention.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ResolveBody
{
    /// <summary><c>retry</c>: let a host look at the disk again, and go on when it is sound. <c>release</c>: end the operation as failed and release the disk.</summary>
    public required Resolution Resolution { get; init; }

    /// <summary>Who decides, for the operation's history.</summary>
    public string? RequestedBy { get; init; }
}
