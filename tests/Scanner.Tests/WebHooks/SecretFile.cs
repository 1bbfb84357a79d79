namespace Sparsify.Scanner.Tests.WebHooks;

/// <summary>A secret file that goes away with its test.</summary>
internal sealed class SecretFile : IDisposable
{
    private SecretFile(string path) => Path = path;

    public string Path { get; }

    public static async Task<SecretFile> CreateAsync(string content)
    {
        var file = new SecretFile(System.IO.Path.GetTempFileName());
        await File.WriteAllTextAsync(file.Path, content);
        return file;
    }

    public void Dispose() => File.Delete(Path);
}
