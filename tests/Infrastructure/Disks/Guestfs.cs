using Sparsify.Testing.Platforms;
using Sparsify.Testing.Processes;

namespace Sparsify.Testing.Disks;

/// <summary>The libguestfs tools, with the appliance that all tests share and without KVM, which not every machine has.</summary>
public static class Guestfs
{
    /// <summary>Runs one of them to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message holds its error output.</exception>
    public static async Task<string> RunAsync(string tool, params string[] arguments)
    {
        using var scratch = TestFolder.Create("guestfs");
        SharedAppliance.Use(scratch.Path);
        return await Tools.RunAsync("env", ["LIBGUESTFS_BACKEND=direct", "LIBGUESTFS_BACKEND_SETTINGS=force_tcg", $"LIBGUESTFS_CACHEDIR={scratch.File("appliance")}", tool, .. arguments]);
    }

    /// <summary>Runs the real virt-sparsify in place.</summary>
    /// <returns>Bytes that the storage got back.</returns>
    public static async Task<long> SparsifyAsync(string path, string format)
    {
        var before = await AllocatedAsync(path);
        await RunAsync("virt-sparsify", "-q", "--in-place", "--format", format, path);
        return before - await AllocatedAsync(path);
    }

    /// <summary>Bytes that the storage gives up for a file.</summary>
    public static async Task<long> AllocatedAsync(string path) =>
        long.Parse(await Tools.RunAsync("stat", "-c", "%b", path), System.Globalization.CultureInfo.InvariantCulture) * 512;
}
