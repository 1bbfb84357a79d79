using System.Text;

namespace Sparsify.HostWorker.Runs;

/// <summary>Reads the whole lines that were added to a growing file. A run that floods it is read in bounded pieces.</summary>
internal sealed class MessageReader(string path)
{
    private const int Piece = 1 << 20;
    private const int LongestLine = 1 << 16;
    private readonly StringBuilder _open = new();
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private long _offset;

    public IReadOnlyList<string> ReadNew()
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(_offset, SeekOrigin.Begin);
        var bytes = new byte[Piece];
        var read = file.Read(bytes);
        _offset += read;
        var characters = new char[Encoding.UTF8.GetMaxCharCount(read)];
        var count = _decoder.GetChars(bytes.AsSpan(0, read), characters, flush: false);
        var lines = new List<string>();
        foreach (var character in characters.AsSpan(0, count))
        {
            if (character == '\n')
            {
                lines.Add(_open.ToString());
                _open.Clear();
            }
            else if (_open.Length < LongestLine)
            {
                _open.Append(character);
            }
        }

        return lines;
    }
}
