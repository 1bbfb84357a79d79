using Microsoft.AspNetCore.Http.HttpResults;
using Sparsify.Api.Problems;
using Sparsify.Contracts;

namespace Sparsify.Api.Policies;

/// <summary>The Scanner's refusals as problem details.</summary>
internal static class PolicyRefusal
{
    public static ProblemHttpResult Of(PolicyRefused refused) => refused.Code switch
    {
        PolicyRefusals.NotFound => Problem.Of(StatusCodes.Status404NotFound, refused.Code, "No such policy", refused.Message),
        PolicyRefusals.Changed => Problem.Of(StatusCodes.Status412PreconditionFailed, refused.Code, "The policy was changed", refused.Message),
        PolicyRefusals.Invalid => Invalid(refused),
        PolicyRefusals.NameTaken => Problem.Of(StatusCodes.Status409Conflict, refused.Code, "The name is taken", refused.Message),
        PolicyRefusals.ReadOnly => Problem.Of(StatusCodes.Status409Conflict, refused.Code, "A file gives the policy", refused.Message),
        PolicyRefusals.TooMany => Problem.Of(StatusCodes.Status409Conflict, refused.Code, "There are too many policies", refused.Message),
        PolicyRefusals.Disabled => Problem.Of(StatusCodes.Status409Conflict, refused.Code, "The policy is not enabled", refused.Message),
        _ => Problem.Of(StatusCodes.Status409Conflict, refused.Code, "A run goes on", refused.Message),
    };

    public static ProblemHttpResult NotFound(Guid id) => Problem.Of(StatusCodes.Status404NotFound, PolicyRefusals.NotFound, "No such policy", $"No policy with the id {id} is known.");

    private static ProblemHttpResult Invalid(PolicyRefused refused)
    {
        var problem = Problem.Of(StatusCodes.Status400BadRequest, refused.Code, "The policy is not valid", string.Join(' ', [refused.Message, .. refused.Faults.Select(f => $"'{f.Field}' {f.Reason}")]));
        problem.ProblemDetails.Extensions["faults"] = refused.Faults;
        return problem;
    }
}
