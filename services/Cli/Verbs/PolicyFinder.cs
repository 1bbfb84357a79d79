using Sparsify.Api.Policies;
using Sparsify.Cli.Remote;
using Sparsify.Contracts;

namespace Sparsify.Cli.Verbs;

/// <summary>Finds the policy that a person means by its name.</summary>
internal static class PolicyFinder
{
    /// <exception cref="RefusedException">There is none.</exception>
    public static async Task<PolicyView> FindAsync(PlatformClient client, string name, CancellationToken cancellationToken) =>
        await TryFindAsync(client, name, cancellationToken) ?? throw new RefusedException(PolicyRefusals.NotFound, $"No policy is named '{name}'. 'sparsify policies list' lists them.", []);

    public static ValueTask<PolicyView?> TryFindAsync(PlatformClient client, string name, CancellationToken cancellationToken) => client.PoliciesAsync(name, cancellationToken).FirstOrDefaultAsync(cancellationToken);
}
