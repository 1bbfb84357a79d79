namespace Sparsify.Api.Problems;

/// <summary>The stable codes of refusals that are not eligibility rules.</summary>
public static class ProblemCodes
{
    /// <summary>The request is malformed; the detail names the field.</summary>
    public const string InvalidRequest = "INVALID_REQUEST";

    /// <summary>The disk is not eligible; the violations say why.</summary>
    public const string NotEligible = "NOT_ELIGIBLE";

    /// <summary>The request id belongs to an operation on another disk.</summary>
    public const string RequestIdReused = "REQUEST_ID_REUSED";

    /// <summary>No such operation is known.</summary>
    public const string OperationNotFound = "OPERATION_NOT_FOUND";

    /// <summary>No host of that name has been heard of.</summary>
    public const string HostNotFound = "HOST_NOT_FOUND";

    /// <summary>No storage domain of that name has been heard of.</summary>
    public const string StorageDomainNotFound = "STORAGE_DOMAIN_NOT_FOUND";

    /// <summary>The operation is in a final state.</summary>
    public const string OperationFinal = "OPERATION_FINAL";

    /// <summary>The operation needs a person's decision; nothing runs that could be canceled.</summary>
    public const string NeedsDecision = "NEEDS_DECISION";

    /// <summary>The operation does not wait for a person's decision.</summary>
    public const string NothingToDecide = "NOTHING_TO_DECIDE";

    /// <summary>No such run of that policy is known.</summary>
    public const string PolicyRunNotFound = "POLICY_RUN_NOT_FOUND";

    /// <summary>A change of a policy does not say which revision is meant.</summary>
    public const string IfMatchRequired = "IF_MATCH_REQUIRED";

    /// <summary>The database, or the Scanner, does not answer.</summary>
    public const string Unavailable = "UNAVAILABLE";

    /// <summary>A web page of another site sent the request.</summary>
    public const string CrossSite = "CROSS_SITE";

    /// <summary>There is no such address.</summary>
    public const string NotFound = "NOT_FOUND";

    /// <summary>A fault of the service; its log knows more under the trace id.</summary>
    public const string Internal = "INTERNAL";
}
