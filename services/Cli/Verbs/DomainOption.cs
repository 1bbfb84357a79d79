using System.CommandLine;
using System.CommandLine.Parsing;

namespace Sparsify.Cli.Verbs;

/// <summary>The option <c>--domain NAME=PATH</c>, any number of times.</summary>
internal static class DomainOption
{
    public static Option<Dictionary<string, string>> Create(bool required) => new("--domain")
    {
        Description = "A storage domain and its directory, NAME=PATH; may be given several times.",
        Required = required,
        AllowMultipleArgumentsPerToken = false,
        Arity = ArgumentArity.OneOrMore,
        HelpName = "NAME=PATH",
        CustomParser = Parse,
    };

    private static Dictionary<string, string> Parse(ArgumentResult result)
    {
        var domains = new Dictionary<string, string>();
        foreach (var token in result.Tokens)
        {
            var equals = token.Value.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1 || equals == token.Value.Length - 1)
                result.AddError($"'{token.Value}' is not NAME=PATH, for example --domain vms=/srv/vms.");
            else if (!domains.TryAdd(token.Value[..equals], Path.GetFullPath(token.Value[(equals + 1)..])))
                result.AddError($"The storage domain '{token.Value[..equals]}' is given twice.");
        }

        return domains;
    }
}
