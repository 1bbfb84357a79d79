using CliWrap;
using CliWrap.Buffered;
using Sparsify.Testing.Processes;

namespace Sparsify.Chaos.Fleet;

/// <summary>A folder of programs that come before the system's in a worker's path.</summary>
public static class StandInTools
{
    /// <summary>Makes it.</summary>
    /// <returns>The folder.</returns>
    public static async Task<string> MakeAsync(TestFolder folder)
    {
        var tools = folder.Folder("tools");
        var program = Path.Combine(AppContext.BaseDirectory, "Sparsify.Chaos.StandIn");
        // What is asked at each start of a worker is answered without a runtime. The faked clock is the services' alone.
        await WriteAsync(
            tools, "virt-sparsify",
            $$"""
            case $* in
                --version) echo 'virt-sparsify 1.48.2'; exit ;;
                --machine-readable) printf '%s\n' virt-sparsify linux-swap zero check-tmpdir in-place tmp-option ntfs btrfs; exit ;;
            esac
            exec '{{program}}' virt-sparsify "$@"
            """);
        await WriteAsync(tools, "guestfish", $"exec '{program}' guestfish \"$@\"");
        await WriteAsync(tools, "virsh", "exit 1");
        return tools;
    }

    private static async Task WriteAsync(string folder, string name, string script)
    {
        var path = Path.Combine(folder, name);
        await File.WriteAllTextAsync(path, $"#!/bin/bash\nunset LD_PRELOAD\n{script}\n");
        await Cli.Wrap("chmod").WithArguments(["+x", path]).ExecuteBufferedAsync();
    }
}
