using System.CommandLine;
using Spectre.Console;

namespace Sparsify.Cli.Remote;

/// <summary>What all verbs that talk to a server have in common: the address, JSON output, and how failures are told.</summary>
internal static class RemoteVerb
{
    private const string UrlVariable = "SPARSIFY_URL";
    private const string DefaultUrl = "http://127.0.0.1:8080";
    private const int Refused = 1;
    private const int Unreachable = 3;

    private static readonly Option<Uri> Url = new("--url")
    {
        Description = $"The API's address; else the environment variable {UrlVariable}, else {DefaultUrl}.",
        DefaultValueFactory = _ => new Uri(Environment.GetEnvironmentVariable(UrlVariable) ?? DefaultUrl),
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
                return url;
            result.AddError($"'{result.Tokens[0].Value}' is not an address such as {DefaultUrl}.");
            return null;
        },
    };

    private static readonly IAnsiConsole Complaints = CreateComplaints();

    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON, as the API gives it." };

    /// <summary>Makes the command a remote one.</summary>
    public static Command Remote(this Command command, Func<PlatformClient, ParseResult, Output, CancellationToken, Task<int>> run)
    {
        command.Options.Add(Url);
        command.Options.Add(Json);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var url = parse.GetRequiredValue(Url);
            using var client = new PlatformClient(url);
            try
            {
                return await run(client, parse, new Output(parse.GetValue(Json)), cancellationToken);
            }
            catch (RefusedException e)
            {
                Complaints.MarkupLineInterpolated($"[red]{e.Code}[/] {e.Message}");
                foreach (var violation in e.Violations)
                    Complaints.MarkupLineInterpolated($"  [yellow]{violation.Code}[/] {violation.Message} {violation.Remedy}");
                return Refused;
            }
            catch (HttpRequestException e)
            {
                Complaints.MarkupLineInterpolated($"[red]No answer from {url}[/]: {e.Message} Start it with 'sparsify serve', or give --url.");
                return Unreachable;
            }
        });
        return command;
    }

    private static IAnsiConsole CreateComplaints()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        // A log or a pipe has no width: sentences stay whole.
        if (Console.IsErrorRedirected)
            console.Profile.Width = int.MaxValue;
        return console;
    }
}
