using System.Text.Json;

namespace Sparsify.HostWorker;

/// <summary>Something that a worker remembers in its scratch folder and can do without.</summary>
/// <param name="path">The file.</param>
/// <param name="without">What comes of it when it cannot be written, for the log.</param>
/// <param name="logger">Told of what cannot be read or written.</param>
internal sealed class RememberedFile<T>(string path, string without, ILogger logger)
    where T : class
{
    /// <summary>What was remembered; null when nothing was, or it cannot be read.</summary>
    public T? Read()
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<T>(File.ReadAllText(path)) : null;
        }
        catch (JsonException e)
        {
            logger.LogWarning("'{File}' cannot be read and is made anew: {Reason}", path, e.Message);
            return null;
        }
    }

    /// <summary>Remembers it. A full disk is no reason to stop: it is logged.</summary>
    public void Write(T value)
    {
        try
        {
            File.WriteAllText(path + ".new", JsonSerializer.Serialize(value));
            File.Move(path + ".new", path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning("'{File}' cannot be written, so {Without}: {Reason}", path, without, e.Message);
        }
    }
}
