using System.Text;

namespace Sparsify.Platform.Tests.Alerts.WebHooks;

/// <summary>Ways to answer a request, or not to.</summary>
internal static class Answers
{
    public static Func<HttpContext, Task> Status(int status, string body = "", params (string Name, string Value)[] headers) => async context =>
    {
        context.Response.StatusCode = status;
        foreach (var (name, value) in headers)
            context.Response.Headers[name] = value;
        if (body.Length > 0)
            await context.Response.WriteAsync(body);
    };

    /// <summary>The connection ends without an answer.</summary>
    public static Task Reset(HttpContext context)
    {
        context.Response.StatusCode = 500;
        context.Abort();
        return Task.CompletedTask;
    }

    public static Task Never(HttpContext context)
    {
        context.Response.StatusCode = 500;
        return Task.Delay(Timeout.Infinite, context.RequestAborted);
    }

    /// <summary>Less comes than was promised, but for the headers.</summary>
    public static async Task ResetInTheMiddle(HttpContext context)
    {
        context.Response.StatusCode = 500;
        context.Response.ContentLength = 1000;
        await context.Response.WriteAsync("half of");
        await context.Response.Body.FlushAsync();
        // A reset takes with it what the client has not read yet.
        await Task.Delay(200);
        context.Abort();
    }

    /// <summary>A byte from time to time, without end.</summary>
    public static async Task Drip(HttpContext context)
    {
        context.Response.StatusCode = 500;
        while (!context.RequestAborted.IsCancellationRequested)
        {
            await context.Response.WriteAsync(".", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(20, context.RequestAborted);
        }
    }

    /// <summary>As much as the client takes.</summary>
    public static Func<HttpContext, Task> Huge(int status) => async context =>
    {
        context.Response.StatusCode = status;
        var block = Encoding.UTF8.GetBytes(new string('x', 1 << 16));
        for (var i = 0; i < 100_000 && !context.RequestAborted.IsCancellationRequested; i++)
            await context.Response.Body.WriteAsync(block, context.RequestAborted);
    };
}
