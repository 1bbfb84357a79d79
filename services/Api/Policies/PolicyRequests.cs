using MassTransit;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.Messaging;

namespace Sparsify.Api.Policies;

/// <summary>Asks the Scanner, which keeps the policies.</summary>
internal sealed class PolicyRequests(IClientFactory clients, IOptions<ApiOptions> options, TimeProvider time)
{
    /// <summary>Asks, and waits for the answer.</summary>
    /// <returns>What was asked for, or the refusal.</returns>
    /// <exception cref="ScannerSilentException">There was no answer in time. What was asked for may be done all the same.</exception>
    public async Task<(TAnswer? Answer, PolicyRefused? Refusal)> AskAsync<TRequest, TAnswer>(TRequest request, CancellationToken cancellationToken)
        where TRequest : class
        where TAnswer : class
    {
        var timeout = options.Value.PolicyTimeout;
        try
        {
            var client = clients.CreateRequestClient<TRequest>(EndpointNames.Address(EndpointNames.Policies), RequestTimeout.After(ms: (int)timeout.TotalMilliseconds));
            var answer = await client.GetResponse<TAnswer, PolicyRefused>(request, cancellationToken)
                // MassTransit waits for a lost connection whatever its time-out says.
                .WaitAsync(timeout, time, cancellationToken);
            return answer.Is(out Response<PolicyRefused>? refused) ? (null, refused.Message) : answer.Is(out Response<TAnswer>? done) ? (done.Message, null) : default;
        }
        catch (Exception e) when (e is RequestTimeoutException or TimeoutException or ConnectionException)
        {
            throw new ScannerSilentException(timeout, e);
        }
    }
}
