using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Sparsify.Scanner.Policies.Files;

/// <summary>
/// Reads YAML, and so JSON too, as values with their lines. Only what policies need: no anchors, which could grow a small
/// file without bound, no tags, one document. Source: YAML 1.2, core schema.
/// </summary>
internal sealed class YamlReading
{
    private const int MaximumDepth = 8;
    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);
    private readonly Parser _parser;

    private YamlReading(string text) => _parser = new Parser(new StringReader(text));

    /// <summary>Reads a text.</summary>
    /// <exception cref="YamlException">It is no YAML, or uses what is not read; the exception knows the line.</exception>
    public static FileNode Read(string text)
    {
        var reading = new YamlReading(text);
        try
        {
            return reading.Document();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // The parser says so of a list or text that is not closed.
            throw reading.Refuse("What begins here is not closed, or is no YAML.");
        }
    }

    private FileNode Document()
    {
        _parser.Consume<StreamStart>();
        _parser.Consume<DocumentStart>();
        var value = Value("", 0);
        _parser.Consume<DocumentEnd>();
        if (_parser.Accept<DocumentStart>(out var second))
            throw new YamlException(second.Start, second.End, "A second document begins here; a file holds one policy.");
        return new FileNode(value, _lines);
    }

    private JsonNode? Value(string path, int depth)
    {
        if (depth > MaximumDepth)
            throw Refuse("It is nested too deeply.");
        if (_parser.Current is NodeEvent { Anchor.IsEmpty: false } or AnchorAlias)
            throw Refuse("Anchors and aliases are not read.");
        if (_parser.Current is NodeEvent { Tag.IsEmpty: false })
            throw Refuse("Tags are not read.");
        if (_parser.TryConsume<Scalar>(out var scalar))
            return ScalarOf(scalar);
        if (_parser.TryConsume<SequenceStart>(out _))
            return Sequence(path, depth);
        if (_parser.TryConsume<MappingStart>(out _))
            return Mapping(path, depth);
        throw Refuse("A value is missing.");
    }

    private JsonArray Sequence(string path, int depth)
    {
        var items = new JsonArray();
        while (!_parser.TryConsume<SequenceEnd>(out _))
            items.Add(Value(path, depth + 1));
        return items;
    }

    private JsonObject Mapping(string path, int depth)
    {
        var fields = new JsonObject();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = _parser.TryConsume<Scalar>(out var name) ? name : throw Refuse("A field's name is not a word.");
            if (fields.ContainsKey(key.Value))
                throw new YamlException(key.Start, key.End, $"'{key.Value}' is given twice.");
            var inside = path.Length == 0 ? key.Value : $"{path}.{key.Value}";
            _lines[inside] = (int)key.Start.Line;
            fields.Add(key.Value, Value(inside, depth + 1));
        }

        return fields;
    }

    private static JsonValue? ScalarOf(Scalar scalar) => scalar switch
    {
        { Style: not ScalarStyle.Plain } => JsonValue.Create(scalar.Value),
        { Value: "" or "~" or "null" or "Null" or "NULL" } => null,
        { Value: "true" or "True" or "TRUE" } => JsonValue.Create(true),
        { Value: "false" or "False" or "FALSE" } => JsonValue.Create(false),
        _ when long.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        _ when double.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => JsonValue.Create(number),
        _ => JsonValue.Create(scalar.Value),
    };

    private YamlException Refuse(string reason)
    {
        var at = _parser.Current;
        return new YamlException(at?.Start ?? Mark.Empty, at?.End ?? Mark.Empty, reason);
    }
}
