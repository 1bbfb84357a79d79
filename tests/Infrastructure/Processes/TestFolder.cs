namespace Sparsify.Testing.Processes;

/// <summary>A folder under the system's temporary folder that goes away with its test, unless <c>SPARSIFY_TEST_KEEP</c> is set.</summary>
public sealed class TestFolder : IDisposable
{
    private TestFolder(string path) => Path = path;

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>It is to stay, for somebody to look at.</summary>
    public bool Stays { get; set; } = Environment.GetEnvironmentVariable("SPARSIFY_TEST_KEEP") is { Length: > 0 };

    /// <summary>Makes one.</summary>
    public static TestFolder Create(string purpose) => new(Directory.CreateTempSubdirectory($"sparsify-test-{purpose}-").FullName);

    /// <summary>The path of a file in it.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Makes a folder in it.</summary>
    public string Folder(string name) => Directory.CreateDirectory(File(name)).FullName;

    /// <inheritdoc />
    public void Dispose()
    {
        if (Stays)
            return;
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // The test removed it.
        }
    }
}
