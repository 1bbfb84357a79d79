using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sparsify.Chaos.StandIn;
using Sparsify.Testing.Disks;

namespace Sparsify.Chaos.Disks;

/// <summary>A small raw disk with three swap areas full of dead bytes. What an interrupted run can lose of it are their headers.</summary>
public sealed class ChaosDisk
{
    private const int Swaps = 3;
    private const long First = 1 << 20;
    private const long SwapSize = 2 << 20;
    private const int Sector = 512;
    private const int HeaderSize = 4096;
    private readonly byte[] _headers;

    private ChaosDisk(string path, byte[] headers) => (Path, _headers) = (path, headers);

    /// <summary>The image.</summary>
    public string Path { get; }

    /// <summary>Its file name; the platform's name of the disk.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Whether every header is what it was.</summary>
    public bool IsSound => Headers(Path).AsSpan().SequenceEqual(_headers);

    /// <summary>Whether all dead bytes have been given back.</summary>
    public bool IsEmptied => long.Parse(Tools.RunAsync("stat", "-c", "%b", Path).GetAwaiter().GetResult(), CultureInfo.InvariantCulture) * Sector < SwapSize;

    /// <summary>Makes one.</summary>
    /// <param name="folder">The storage domain's folder.</param>
    /// <param name="name">Its file name.</param>
    /// <param name="behaviours">What the runs on it do, in turn; read by the stand-in.</param>
    /// <param name="records">Where the stand-in looks for them.</param>
    public static ChaosDisk Create(string folder, string name, IReadOnlyList<Behaviour> behaviours, string records)
    {
        File.WriteAllLines(System.IO.Path.Combine(records, $"{name}.behaviours"), behaviours.Select(b => System.Text.Json.JsonSerializer.Serialize(b)));
        // Under another name first: a worker may look at any moment.
        var path = System.IO.Path.Combine(folder, name);
        using (var file = new FileStream(path + ".new", FileMode.Create, FileAccess.Write))
        {
            file.SetLength(First + (Swaps * SwapSize));
            file.Write(MasterBootRecord());
            for (var i = 0; i < Swaps; i++)
            {
                file.Position = First + (i * SwapSize);
                file.Write(Header());
                file.Write(RandomNumberGenerator.GetBytes((int)SwapSize - HeaderSize));
            }
        }

        File.Move(path + ".new", path);
        return new ChaosDisk(path, Headers(path));
    }

    private static byte[] Headers(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var headers = new byte[Swaps * HeaderSize];
        for (var i = 0; i < Swaps; i++)
        {
            file.Position = First + (i * SwapSize);
            file.ReadExactly(headers, i * HeaderSize, HeaderSize);
        }

        return headers;
    }

    private static byte[] MasterBootRecord()
    {
        var record = new byte[Sector];
        for (var i = 0; i < Swaps; i++)
        {
            var entry = record.AsSpan(446 + (i * 16), 16);
            entry[4] = 0x82;
            BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], (uint)((First + (i * SwapSize)) / Sector));
            BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], (uint)(SwapSize / Sector));
        }

        (record[510], record[511]) = (0x55, 0xaa);
        return record;
    }

    /// <summary>As mkswap(8) writes it. Source: Linux <c>include/linux/swap.h</c>, <c>union swap_header</c>.</summary>
    private static byte[] Header()
    {
        var header = new byte[HeaderSize];
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(1024), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(1028), (uint)((SwapSize / HeaderSize) - 1));
        RandomNumberGenerator.Fill(header.AsSpan(1036, 16));
        Encoding.ASCII.GetBytes("SWAPSPACE2").CopyTo(header, HeaderSize - 10);
        return header;
    }
}
