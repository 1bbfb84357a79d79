using CliWrap;
using Sparsify.EndToEnd.Tests;
using Sparsify.Testing.Platforms;
using Sparsify.Testing.Processes;
using Xunit;

[assembly: AssemblyFixture(typeof(PreparedAppliance))]

namespace Sparsify.EndToEnd.Tests;

/// <summary>Has the appliance that all tests share built and tried before the first of them: side by side, they would each do it.</summary>
public sealed class PreparedAppliance : IAsyncLifetime
{
    public async ValueTask InitializeAsync()
    {
        using var folder = TestFolder.Create("appliance");
        SharedAppliance.Use(folder.File("host"));
        // It says itself what is wrong, to whoever reads the tests' output.
        await Cli.Wrap("dotnet").WithArguments([Repository.Assembly("Cli", "sparsify"), "doctor", "--data", folder.Path, "--domain", $"vms={folder.Folder("storage")}"])
            .WithValidation(CommandResultValidation.None)
            .WithStandardOutputPipe(PipeTarget.ToStream(Console.OpenStandardOutput())).WithStandardErrorPipe(PipeTarget.ToStream(Console.OpenStandardError()))
            .ExecuteAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
