using System.Runtime.CompilerServices;

namespace Sparsify.Model.Checks;

/// <summary>The details of a violation, put into words only when there is one.</summary>
[InterpolatedStringHandler]
internal ref struct Details
{
    private DefaultInterpolatedStringHandler _text;

    public Details(int literalLength, int formattedCount, bool holds, out bool isNeeded)
    {
        isNeeded = !holds;
        if (isNeeded)
            _text = new DefaultInterpolatedStringHandler(literalLength, formattedCount);
    }

    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public string Text() => _text.ToStringAndClear();
}
