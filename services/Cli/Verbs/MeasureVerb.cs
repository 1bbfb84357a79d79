using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sparsify.Cli.Remote;
using Sparsify.DiskImages;
using Sparsify.DiskImages.Images;
using Sparsify.DiskImages.Measuring;
using Spectre.Console;
using Region = Sparsify.DiskImages.Measuring.Region;

namespace Sparsify.Cli.Verbs;

/// <summary><c>sparsify measure IMAGE…</c>: what a run would give back, from metadata alone.</summary>
internal static class MeasureVerb
{
    private const int NotMeasured = 1;
    private const int BarWidth = 10;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var images = new Argument<FileInfo[]>("IMAGE") { Description = "Disk images or block devices of VMs that are down.", Arity = ArgumentArity.OneOrMore };
        var format = new Option<ImageFormat?>("--format") { Description = "The images' format. Without it files that end in .qcow2 are taken as qcow2 and all others as raw; the content is never asked." };
        var root = new Option<DirectoryInfo?>("--root") { Description = "The directory that backing files must lie in; by default the image's own." };
        var json = new Option<bool>("--json") { Description = "Print JSON: one object for one image, a list for several." };
        var command = new Command("measure", "Tells what virt-sparsify would give back, without starting it and without writing.") { images, format, root, json };
        command.SetAction(parse => Measure(parse.GetRequiredValue(images), parse.GetValue(format), parse.GetValue(root), parse.GetValue(json)));
        return command;
    }

    private static int Measure(FileInfo[] images, ImageFormat? format, DirectoryInfo? root, bool json)
    {
        var measurements = new List<Measurement>();
        foreach (var image in images)
        {
            try
            {
                measurements.Add(DiskMeter.Measure(image.ToString(), format ?? FormatOf(image), root?.FullName));
            }
            catch (Exception e) when (e is ImageFormatException or IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine($"sparsify: {e.Message}");
            }
        }

        if (json && measurements.Count > 0)
            Console.WriteLine(images.Length == 1 ? JsonSerializer.Serialize(measurements[0], Json) : JsonSerializer.Serialize(measurements, Json));
        for (var i = 0; !json && i < measurements.Count; i++)
            Print(measurements[i]);
        return measurements.Count == images.Length ? 0 : NotMeasured;
    }

    private static ImageFormat FormatOf(FileInfo image) => image.Extension.Equals(".qcow2", StringComparison.OrdinalIgnoreCase) ? ImageFormat.Qcow2 : ImageFormat.Raw;

    private static void Print(Measurement measurement)
    {
        var table = Output.Table("region", "label", "size", "used", "free", "reclaimable", "");
        foreach (var column in table.Columns)
            column.NoWrap();
        foreach (var column in table.Columns.Skip(2).Take(4))
            column.RightAligned();
        foreach (var region in measurement.Regions)
            table.AddRow(Markup.Escape(Word(region)), Markup.Escape(region.Label ?? ""), Output.Bytes(region.Size), Output.Bytes(region.Used), Output.Bytes(region.Free), Output.Bytes(region.Reclaimable), Bar(region.Reclaimable, measurement.ActualSize));
        table.Title = new TableTitle(Markup.Escape(measurement.Path));
        AnsiConsole.Write(table);
        AnsiConsole.MarkupLine($"{(measurement.Exact ? "" : "about ")}[green]{Output.Bytes(measurement.Reclaimable)}[/] of {Output.Bytes(measurement.ActualSize)} reclaimable (virtual size {Output.Bytes(measurement.VirtualSize)}){Held(measurement)}");
        foreach (var region in measurement.Regions.Where(r => r.Note is not null))
            AnsiConsole.MarkupLine($"[yellow]note[/] {Markup.Escape($"{region.Label ?? region.FileSystem ?? "region"} at {Output.Bytes(region.Start)}: {region.Note}")}");
    }

    /// <summary>The file system says it all, where there is one.</summary>
    private static string Word(Region region) => region switch
    {
        { Kind: RegionKind.GroupFreeSpace } => "free in group",
        { Kind: RegionKind.Opaque, FileSystem: { } name } => $"opaque ({name})",
        { FileSystem: { } name } => name,
        _ => "opaque",
    };

    private static string Held(Measurement measurement) =>
        measurement.HeldBySnapshots > 0 ? $"; {Output.Bytes(measurement.HeldBySnapshots)} more are free in the guest and held by snapshots" : "";

    private static string Bar(long part, long whole)
    {
        var filled = whole <= 0 ? 0 : (int)Math.Round(Math.Min(1.0, (double)part / whole) * BarWidth);
        return $"[green]{new string('█', filled)}[/][grey]{new string('░', BarWidth - filled)}[/]";
    }
}
