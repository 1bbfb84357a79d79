using System.Reflection;
using System.Text.Json;
using MassTransit;
using Sparsify.Contracts;
using Xunit;

namespace Sparsify.Platform.Tests.Architecture;

/// <summary>What other systems rely on: names on the wire do not change by accident.</summary>
public sealed class ContractTests
{
    private static readonly Type[] Messages = [.. typeof(SparsifyDiskRequested).Assembly.GetExportedTypes().Where(t => t is { IsClass: true, IsAbstract: false } && IsRecord(t))];

    public static TheoryData<string, object, string> PublicInputs => new()
    {
        {
            "urn:message:Sparsify.Contracts:SparsifyDiskRequested",
            new SparsifyDiskRequested { RequestId = Id(1), DiskId = Id(2), RequestedBy = "alice", Priority = OperationPriority.High, AllowSnapshots = true },
            """{"requestId":"00000000-0000-0000-0000-000000000001","diskId":"00000000-0000-0000-0000-000000000002","requestedBy":"alice","trigger":"manual","allowSnapshots":true,"priority":"high","minReclaimable":1048576,"force":false,"requestedAt":null,"policy":null}"""
        },
        {
            "urn:message:Sparsify.Contracts:CancelSparsifyRequested",
            new CancelSparsifyRequested { OperationId = Id(1) },
            """{"operationId":"00000000-0000-0000-0000-000000000001","requestedBy":null}"""
        },
        {
            "urn:message:Sparsify.Contracts:ResolveSparsifyRequested",
            new ResolveSparsifyRequested { OperationId = Id(1), Resolution = Resolution.Retry },
            """{"operationId":"00000000-0000-0000-0000-000000000001","resolution":"retry","requestedBy":null}"""
        },
        {
            "urn:message:Sparsify.Contracts:DiskRemoved",
            new DiskRemoved { DiskId = Id(1), RemovedAt = At },
            """{"diskId":"00000000-0000-0000-0000-000000000001","removedAt":"2026-01-02T03:04:05+00:00","source":"upstream"}"""
        },
        {
            "urn:message:Sparsify.Contracts:VmStatusReported",
            new VmStatusReported { VmId = Id(1), Name = "web-1", Status = VmStatus.PoweringUp, ReportedAt = At, DiskIds = [Id(2)] },
            """{"vmId":"00000000-0000-0000-0000-000000000001","name":"web-1","status":"poweringUp","reportedAt":"2026-01-02T03:04:05+00:00","diskIds":["00000000-0000-0000-0000-000000000002"],"volumes":null,"host":null,"tags":null}"""
        },
        {
            "urn:message:Sparsify.Contracts:StorageDomainReported",
            new StorageDomainReported { Name = "vms", Kind = StorageKind.File, ReportedAt = At, SupportsDiscard = true },
            """{"name":"vms","kind":"file","reportedAt":"2026-01-02T03:04:05+00:00","host":null,"fileSystem":null,"nfsVersion":null,"nfsUtilsTooOld":null,"supportsDiscard":true,"zeroesAfterUnmap":null,"capacity":null,"available":null}"""
        },
        {
            "urn:message:Sparsify.Contracts:DiskReported",
            new DiskReported { DiskId = Id(1), Name = "root", StorageDomain = "vms", Path = "a.qcow2", Format = VolumeFormat.Qcow2, VirtualSize = 2, ActualSize = 1, ReportedAt = At },
            """{"diskId":"00000000-0000-0000-0000-000000000001","name":"root","storageDomain":"vms","path":"a.qcow2","format":"qcow2","virtualSize":2,"actualSize":1,"reportedAt":"2026-01-02T03:04:05+00:00","source":"upstream","host":null,"allocation":null,"kind":null,"chainLength":null,"derivedDisks":null,"internalSnapshots":null,"qcow2Version":null,"encrypted":null,"illegal":null,"wipeAfterDelete":null,"volumeGroupIncomplete":null,"measurement":null,"formatName":null}"""
        },
    };

    private static DateTimeOffset At => new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [MemberData(nameof(PublicInputs), DisableDiscoveryEnumeration = true)]
    public void A_public_input_has_its_name_and_its_fields(string name, object message, string json)
    {
        Assert.Equal(name, MessageUrn.ForTypeString(message.GetType()));
        Assert.Equal(json, JsonSerializer.Serialize(message, message.GetType(), JsonSerializerOptions.Web));
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize(json, message.GetType(), JsonSerializerOptions.Web), message.GetType(), JsonSerializerOptions.Web));
    }

    [Fact]
    public void Contracts_are_records_that_depend_on_nothing()
    {
        var assembly = typeof(SparsifyDiskRequested).Assembly;
        Assert.All(assembly.GetReferencedAssemblies(), reference => Assert.StartsWith("System.", reference.Name, StringComparison.Ordinal));
        Assert.All(assembly.GetExportedTypes(), type => Assert.True(type.IsEnum || IsRecord(type) || type.IsAbstract || type.Name.Contains("Converter", StringComparison.Ordinal), type.Name));
    }

    [Fact]
    public void Identifiers_are_UUIDs_sizes_are_long_and_times_are_offsets()
    {
        foreach (var property in Messages.SelectMany(m => m.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)))
        {
            var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (property.Name.EndsWith("Size", StringComparison.Ordinal) || property.Name is "SizeBefore" or "SizeAfter" or "Capacity" or "Available" or "Reclaimed")
                Assert.True(type == typeof(long), property.Name);
            if (property.Name.EndsWith("At", StringComparison.Ordinal))
                Assert.True(type == typeof(DateTimeOffset), property.Name);
            if (property.Name is "DiskId" or "OperationId" or "RequestId" or "VmId" or "InstanceId")
                Assert.True(type == typeof(Guid), property.Name);
        }
    }

    private static Guid Id(int number) => new($"00000000-0000-0000-0000-{number:000000000000}");

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null;
}
