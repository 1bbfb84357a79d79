using System.CommandLine;
using Sparsify.Cli.Remote;

namespace Sparsify.Cli.Verbs;

/// <summary><c>sparsify cancel ID</c>.</summary>
internal static class CancelVerb
{
    public static Command Create()
    {
        var id = new Argument<Guid>("ID") { Description = "The operation." };
        return new Command("cancel", "Cancels an operation; a running step is finished first.") { id }.Remote(async (client, parse, output, cancellationToken) =>
        {
            output.Write(await client.CancelAsync(parse.GetRequiredValue(id), cancellationToken), OperationsVerb.Details);
            return 0;
        });
    }
}
