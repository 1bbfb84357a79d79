namespace Sparsify.Model;

/// <summary>Ids that are the same in every run, and say what they are of.</summary>
internal static class Ids
{
    private const int OperationKind = 1;
    private const int FoundDiskKind = 2;
    private const int UpstreamDiskKind = 3;
    private const int VmKind = 4;

    public static Guid Operation(int number) => Of(OperationKind, number);

    /// <summary>The id that a host made up for the disk that it found.</summary>
    public static Guid FoundDisk(int number) => Of(FoundDiskKind, number);

    /// <summary>The id that the VM manager has for the same disk.</summary>
    public static Guid UpstreamDisk(int number) => Of(UpstreamDiskKind, number);

    public static Guid Vm(int number) => Of(VmKind, number);

    public static int Number(Guid id) => id.ToByteArray()[15];

    public static string Name(Guid id)
    {
        var bytes = id.ToByteArray();
        return bytes[0] switch
        {
            OperationKind => $"op{bytes[15]}",
            FoundDiskKind => $"disk{bytes[15]}",
            UpstreamDiskKind => $"disk{bytes[15]}'",
            _ => $"vm{bytes[15]}",
        };
    }

    private static Guid Of(int kind, int number) => new(kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)number);
}
