namespace Sparsify.Testing.Platforms;

/// <summary>Lets the host workers under test share one appliance: building it, and finding out that KVM does not work, takes half a minute.</summary>
public static class SharedAppliance
{
    private static string Folder =>
        Path.Combine(Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home ? Path.Combine(home, ".cache") : Path.GetTempPath(), "sparsify-tests", "appliance");

    /// <summary>Makes a worker's scratch folder keep its appliance, and what it remembers of it, in the shared place.</summary>
    public static void Use(string scratch)
    {
        Directory.CreateDirectory(Path.Combine(Folder, "cache"));
        Directory.CreateDirectory(scratch);
        if (Path.Exists(Path.Combine(scratch, "appliance")))
            return;
        var memory = Path.Combine(Folder, "appliance.json");
        if (!File.Exists(memory))
            File.WriteAllText(memory, "null");
        Directory.CreateSymbolicLink(Path.Combine(scratch, "appliance"), Path.Combine(Folder, "cache"));
        File.CreateSymbolicLink(Path.Combine(scratch, "appliance.json"), memory);
    }
}
