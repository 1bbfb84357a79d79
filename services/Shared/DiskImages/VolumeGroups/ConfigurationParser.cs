using System.Globalization;
using System.Text;

namespace Sparsify.DiskImages.VolumeGroups;

/// <summary>Reads the text of an LVM2 description. Source: lvm.conf(5), "SYNTAX".</summary>
internal ref struct ConfigurationParser(string text)
{
    private const int Deepest = 16;
    private const int MostNodes = 1 << 18;
    private readonly ReadOnlySpan<char> _text = text;
    private int _at;
    private int _nodes;

    /// <exception cref="MalformedStructureException">It is no such text.</exception>
    public static ConfigurationNode Parse(string text)
    {
        var parser = new ConfigurationParser(text);
        return parser.Section(0);
    }

    private ConfigurationNode Section(int depth)
    {
        if (depth > Deepest || ++_nodes > MostNodes)
            throw Malformed("it is nested too deeply, or too long");
        var node = new ConfigurationNode();
        while (true)
        {
            Skip();
            if (_at == _text.Length || _text[_at] == '}')
            {
                if ((_at == _text.Length) != (depth == 0))
                    throw Malformed("a bracket is missing or too much");
                _at++;
                return node;
            }

            var name = Name();
            Skip();
            if (Take('{'))
                node.Sections[name] = Section(depth + 1);
            else if (Take('='))
                node.Values[name] = Value();
            else
                throw Malformed($"neither a value nor a section follows '{name}'");
        }
    }

    private List<object> Value()
    {
        var values = new List<object>();
        Skip();
        if (!Take('['))
        {
            values.Add(Scalar());
            return values;
        }

        while (true)
        {
            Skip();
            if (Take(']'))
                return values;
            if (++_nodes > MostNodes)
                throw Malformed("it is too long");
            values.Add(Scalar());
            Skip();
            Take(',');
        }
    }

    private object Scalar()
    {
        if (Take('"'))
            return Quoted();
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '-' or '+' or '.'))
            _at++;
        var word = _text[start.._at];
        return long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
            : word.Length > 0 ? word.ToString()
            : throw Malformed("a value is missing");
    }

    private string Quoted()
    {
        var content = new StringBuilder();
        while (_at < _text.Length && _text[_at] != '"')
        {
            if (_text[_at] == '\\' && _at + 1 < _text.Length)
                _at++;
            content.Append(_text[_at++]);
        }

        return Take('"') ? content.ToString() : throw Malformed("a quotation does not end");
    }

    private string Name()
    {
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '_' or '-' or '+' or '.' or '/'))
            _at++;
        return _at > start ? _text[start.._at].ToString() : throw Malformed("a name is missing");
    }

    private bool Take(char wanted)
    {
        if (_at >= _text.Length || _text[_at] != wanted)
            return false;
        _at++;
        return true;
    }

    private void Skip()
    {
        while (_at < _text.Length && (char.IsWhiteSpace(_text[_at]) || _text[_at] == '#'))
        {
            if (_text[_at] == '#')
            {
                while (_at < _text.Length && _text[_at] != '\n')
                    _at++;
            }
            else
            {
                _at++;
            }
        }
    }

    private readonly MalformedStructureException Malformed(string reason) => new("an LVM2 description", _at, reason);
}
