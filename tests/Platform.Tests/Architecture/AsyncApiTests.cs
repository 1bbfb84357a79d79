using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Sparsify.Contracts;
using Sparsify.Testing.Platforms;
using Xunit;

namespace Sparsify.Platform.Tests.Architecture;

/// <summary>The published description says what the contracts are.</summary>
public sealed class AsyncApiTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Repository.Root, "contracts", "asyncapi.yaml"));

    [Fact]
    public void Every_described_type_has_exactly_the_fields_of_its_contract()
    {
        var described = Schemas();
        Assert.True(described.Count > 25, $"Only {described.Count} types are described.");
        foreach (var (name, (fields, required, values)) in described)
        {
            var type = typeof(SparsifyDiskRequested).Assembly.GetType($"Sparsify.Contracts.{name}");
            Assert.True(type is not null, $"'{name}' is described and is no contract.");
            if (type.IsEnum)
            {
                Assert.Equal(Enum.GetValues(type).Cast<object>().Select(v => JsonSerializer.Serialize(v, type).Trim('"')), values);
                continue;
            }

            var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance);
            Assert.Equal(properties.Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name)).Order(StringComparer.Ordinal), fields.Order(StringComparer.Ordinal));
            if (type.GetConstructor(Type.EmptyTypes) is not null)
                Assert.Equal(properties.Where(p => p.IsDefined(typeof(RequiredMemberAttribute))).Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name)).Order(StringComparer.Ordinal), required.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Every_public_message_is_described()
    {
        Type[] heard =
        [
            typeof(SparsifyDiskRequested), typeof(CancelSparsifyRequested), typeof(ResolveSparsifyRequested), typeof(DiskReported), typeof(DiskRemoved), typeof(VmStatusReported), typeof(StorageDomainReported),
            typeof(SparsifyDiskAccepted), typeof(SparsifyDiskRejected), typeof(SparsifyDiskSkipped), typeof(SparsifyDiskCompleted), typeof(SparsifyDiskFailed), typeof(SparsifyDiskCanceled),
            typeof(SparsifyDiskNeedsAttention), typeof(SparsifyDiskConflict), typeof(DiskRepaired), typeof(DiskUnlocked), typeof(OperationChanged), typeof(DiskChanged), typeof(StorageDomainChanged), typeof(VolumeMeasured), typeof(VolumeUnchanged), typeof(VolumeNotMeasured),
            typeof(SparsifyNeeded), typeof(SparsifyNeedCleared), typeof(PolicyChanged), typeof(PolicyRunChanged),
        ];
        var addresses = Lines.Where(l => l.StartsWith("    address:", StringComparison.Ordinal)).Select(l => l.Split('"')[1]);
        Assert.Equal(heard.Select(t => $"Sparsify.Contracts:{t.Name}").Order(StringComparer.Ordinal), addresses.Order(StringComparer.Ordinal));
    }

    /// <summary>Reads no more of YAML than the file uses: names at fixed depths.</summary>
    private static Dictionary<string, (List<string> Fields, List<string> Required, List<string> Values)> Schemas()
    {
        var found = new Dictionary<string, (List<string> Fields, List<string> Required, List<string> Values)>(StringComparer.Ordinal);
        var current = "";
        foreach (var line in Lines.SkipWhile(l => l != "  schemas:").Skip(1))
        {
            var depth = line.TakeWhile(c => c == ' ').Count();
            var (key, rest) = line.Trim().Split(':', 2) is [var k, var r] ? (k, r.Trim()) : (line.Trim(), "");
            if (depth == 4)
                found[current = key] = ([], [], []);
            else if (depth == 8)
                found[current].Fields.Add(key);
            else if (depth == 6 && key == "required")
                found[current].Required.AddRange(rest.Trim('[', ']').Split(", "));
            else if (depth == 6 && key == "enum")
                found[current].Values.AddRange(rest.Trim('[', ']').Split(", "));
        }

        return found;
    }
}
