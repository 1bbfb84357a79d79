using System.Text;

namespace Sparsify.HostWorker.Runs;

/// <summary>Keeps the end of a text that may be long.</summary>
internal sealed class TailBuffer(int capacity)
{
    private readonly StringBuilder _text = new();

    public void AppendLine(string line)
    {
        lock (_text)
        {
            _text.Append(line.Length > capacity ? line.AsSpan(line.Length - capacity) : line).Append('\n');
            if (_text.Length > capacity)
                _text.Remove(0, _text.Length - capacity);
        }
    }

    public override string ToString()
    {
        lock (_text)
            return _text.ToString();
    }
}
