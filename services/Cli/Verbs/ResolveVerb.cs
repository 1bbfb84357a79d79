using System.CommandLine;
using Sparsify.Api.Operations;
using Sparsify.Cli.Remote;
using Sparsify.Contracts;

namespace Sparsify.Cli.Verbs;

/// <summary><c>sparsify resolve ID retry|release</c>.</summary>
internal static class ResolveVerb
{
    public static Command Create()
    {
        var id = new Argument<Guid>("ID") { Description = "The operation, which needs attention." };
        var resolution = new Argument<Resolution>("DECISION") { Description = "retry: let a host look at the disk again and go on. release: end the operation as failed and release the disk." };
        return new Command("resolve", "Decides about an operation that needs attention.") { id, resolution }.Remote(async (client, parse, output, cancellationToken) =>
        {
            var body = new ResolveBody { Resolution = parse.GetRequiredValue(resolution), RequestedBy = Environment.UserName };
            output.Write(await client.ResolveAsync(parse.GetRequiredValue(id), body, cancellationToken), OperationsVerb.Details);
            return 0;
        });
    }
}
