namespace Sparsify.Api.Problems;

/// <summary>Refuses what a web page of another site makes a browser send: there is no sign-in that would stop it. Source: Fetch Metadata (https://www.w3.org/TR/fetch-metadata/).</summary>
internal static class CrossSiteGuard
{
    public static IApplicationBuilder UseCrossSiteGuard(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        var site = context.Request.Headers["Sec-Fetch-Site"].ToString();
        var changes = !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method) && !HttpMethods.IsOptions(context.Request.Method);
        if (changes && site is not ("" or "same-origin" or "none"))
            await Problem.Of(StatusCodes.Status403Forbidden, ProblemCodes.CrossSite, "Sent by another site", "Browsers may send this request only from pages of this server.").ExecuteAsync(context);
        else
            await next(context);
    });
}
