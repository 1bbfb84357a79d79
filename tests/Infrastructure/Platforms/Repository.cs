namespace Sparsify.Testing.Platforms;

/// <summary>Where the services under test were built.</summary>
public static class Repository
{
    /// <summary>The repository's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A built assembly of a service, of the same configuration as the tests.</summary>
    public static string Assembly(string project, string assembly)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        var path = Path.Combine(Root, "services", project, "bin", output.Parent!.Name, output.Name, $"{assembly}.dll");
        return File.Exists(path) ? path : throw new InvalidOperationException($"{path} is not built; build Sparsify.Platform.sln first.");
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Sparsify.Platform.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"{AppContext.BaseDirectory} is not inside the repository.");
    }
}
