using System.Text.RegularExpressions;
using System.Xml.Linq;
using Sparsify.Testing.Platforms;
using Xunit;

namespace Sparsify.Platform.Tests.Architecture;

/// <summary>Rules of the repository that a compiler does not check.</summary>
public sealed partial class ServiceTests
{
    /// <summary>Publish without a transaction on purpose: their messages carry no state of a database.</summary>
    private static readonly string[] MayUseTheBus = ["services/Shared/Messaging/", "services/HostWorker/", "services/Orchestrator/Inventory/InventoryRequests.cs"];

    private static readonly string[] Services = ["Api", "HostWorker", "Orchestrator", "Scanner"];

    [Fact]
    public void No_service_references_another_and_only_the_Cli_composes_them()
    {
        foreach (var service in Services)
        {
            var references = XDocument.Load(Path.Combine(Repository.Root, "services", service, $"Sparsify.{service}.csproj")).Descendants("ProjectReference").Select(r => r.Attribute("Include")!.Value);
            Assert.All(references, reference => Assert.DoesNotContain(Services, other => reference.Contains($"/{other}/", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void Services_that_keep_state_send_through_their_outbox()
    {
        var offenders = SourceFiles()
            .Where(file => !MayUseTheBus.Any(file.StartsWith))
            .Where(file => BusUse().IsMatch(File.ReadAllText(Path.Combine(Repository.Root, file))));
        Assert.Empty(offenders);
    }

    [Fact]
    public void Time_comes_from_the_TimeProvider() =>
        Assert.DoesNotContain(SourceFiles(), file => ClockUse().IsMatch(File.ReadAllText(Path.Combine(Repository.Root, file))));

    private static IEnumerable<string> SourceFiles() =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "services"), "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, file))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    [GeneratedRegex(@"\b(IBus|IBusControl)\b")]
    private static partial Regex BusUse();

    [GeneratedRegex(@"\b(DateTime|DateTimeOffset)\.(Utc)?Now\b|\bDateTime\.Today\b")]
    private static partial Regex ClockUse();
}
