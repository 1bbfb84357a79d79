using System.Text.Json;
using System.Text.Json.Serialization;
using Sparsify.Contracts;
using Sparsify.Scanner.Policies.Validation;
using YamlDotNet.Core;

namespace Sparsify.Scanner.Policies.Files;

/// <summary>Reads a policy from the text of a YAML or JSON file.</summary>
public static class PolicyFile
{
    /// <summary>The longest file, bytes.</summary>
    public const int MaximumSize = 64 * 1024;

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerOptions.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        NumberHandling = JsonNumberHandling.Strict,
    };

    /// <summary>Reads one.</summary>
    /// <param name="name">The file's name, for messages.</param>
    /// <param name="text">What it says.</param>
    /// <param name="now">The time: a schedule that never comes again is refused.</param>
    /// <exception cref="PolicyFileException">It is no policy, or one that says what cannot be.</exception>
    public static Policy Read(string name, string text, DateTimeOffset now)
    {
        FileNode node;
        try
        {
            node = YamlReading.Read(text);
        }
        catch (YamlException e)
        {
            throw new PolicyFileException($"{name}:{Math.Max(1, e.Start.Line)}: {e.Message}");
        }

        var policy = Policy(name, node);
        var faults = PolicyRules.Check(policy, now);
        return faults.Count == 0
            ? policy
            : throw new PolicyFileException(string.Join('\n', faults.Select(f => $"{name}:{node.LineOf(f.Field)}: '{f.Field}' {f.Reason}")));
    }

    private static Policy Policy(string name, FileNode node)
    {
        try
        {
            return node.Value.Deserialize<Policy>(Strict) ?? throw new PolicyFileException($"{name}:1: The file is empty.");
        }
        catch (JsonException e)
        {
            var field = Field(e);
            throw new PolicyFileException($"{name}:{node.LineOf(field)}: {Reason(e, field)}");
        }
    }

    /// <summary>From <c>$.limits.concurrent</c> or <c>$.selector.vms[0]</c>.</summary>
    private static string Field(JsonException e) => string.Join('.', (e.Path ?? "$").TrimStart('$').Split('.', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('[')[0]));

    /// <summary>The reader's sentence names types of ours that mean nothing to people, and its own place in a text that nobody wrote.</summary>
    private static string Reason(JsonException e, string field) => e.Message switch
    {
        var m when m.Contains("could not be mapped", StringComparison.Ordinal) => $"There is no field '{field}'.",
        var m when m.Contains("missing required properties", StringComparison.Ordinal) => $"A field is missing: {m[(m.LastIndexOf(':') + 1)..].Trim()}",
        _ => $"'{(field.Length == 0 ? "policy" : field)}' is not what belongs there. Texts that look like numbers need quotes.",
    };
}
