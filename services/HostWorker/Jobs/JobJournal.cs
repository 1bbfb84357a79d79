using System.Text.Json;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;

namespace Sparsify.HostWorker.Jobs;

/// <summary>
/// The attempts of this host on its own disk, one folder each: what was begun, and how it ended until the Orchestrator
/// has said that it knows. A worker that dies finds here what its former self did.
/// </summary>
internal sealed class JobJournal(IOptions<HostWorkerOptions> options, ILogger<JobJournal> logger)
{
    /// <summary>More than the notes of a few attempts take.</summary>
    private const int ProbeSize = 256 * 1024;

    private const string RecordFile = "attempt.json";
    private const string EndFile = "end.json";
    private readonly Lock _gate = new();

    private string Root => Path.Combine(options.Value.Scratch, "attempts");

    public string FolderOf(SparsifyVolume job) => FolderOf(job.OperationId, job.Attempt);

    /// <summary>Why nothing can be noted now; null when it can. A host that cannot note what it does takes nothing on.</summary>
    public string? WhyNotWritable()
    {
        try
        {
            DurableFolder.Create(Root);
            var probe = Path.Combine(options.Value.Scratch, "probe");
            File.WriteAllBytes(probe, new byte[ProbeSize]);
            File.Delete(probe);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"Its scratch folder cannot be written to: {e.Message}";
        }
    }

    /// <summary>Notes an attempt for the first time.</summary>
    /// <returns>False when it is known already: the message came twice.</returns>
    /// <exception cref="IOException">It cannot be noted; nothing of it is left.</exception>
    public bool TryAdd(AttemptRecord record)
    {
        lock (_gate)
        {
            var folder = FolderOf(record.Job);
            if (File.Exists(Path.Combine(folder, RecordFile)))
                return false;
            DurableFolder.Create(folder);
            try
            {
                WriteDurably(Path.Combine(folder, RecordFile), record);
                return true;
            }
            catch (IOException)
            {
                Directory.Delete(folder, recursive: true);
                throw;
            }
        }
    }

    public void Update(AttemptRecord record) => WriteDurably(Path.Combine(FolderOf(record.Job), RecordFile), record);

    /// <summary>Notes how an attempt ended; kept until <see cref="Forget"/>.</summary>
    public void End(AttemptRecord record, object report) =>
        WriteDurably(Path.Combine(FolderOf(record.Job), EndFile), new EndRecord(report.GetType().Name, JsonSerializer.SerializeToElement(report, report.GetType())));

    public void Forget(Guid operationId, int attempt)
    {
        lock (_gate)
        {
            var folder = FolderOf(operationId, attempt);
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>How an attempt ended is noted.</summary>
    public bool HasEnd(Guid operationId, int attempt) => File.Exists(Path.Combine(FolderOf(operationId, attempt), EndFile));

    /// <summary>What is noted of an attempt; null when nothing is, or it cannot be read.</summary>
    public AttemptRecord? Find(Guid operationId, int attempt) => Read<AttemptRecord>(Path.Combine(FolderOf(operationId, attempt), RecordFile));

    /// <summary>Attempts without an end.</summary>
    public IReadOnlyList<AttemptRecord> Unfinished() =>
        [.. Folders().Where(f => !File.Exists(Path.Combine(f, EndFile))).Select(f => Read<AttemptRecord>(Path.Combine(f, RecordFile))).OfType<AttemptRecord>()];

    /// <summary>The ends that the Orchestrator has not yet acknowledged, with the trace they belong to.</summary>
    public IReadOnlyList<(AttemptRecord Record, object Report)> Unacknowledged()
    {
        var found = new List<(AttemptRecord, object)>();
        foreach (var folder in Folders())
        {
            if (Read<EndRecord>(Path.Combine(folder, EndFile)) is { } end && Read<AttemptRecord>(Path.Combine(folder, RecordFile)) is { } record)
                found.Add((record, end.Report()));
        }

        return found;
    }

    private string FolderOf(Guid operationId, int attempt) => Path.Combine(Root, $"{operationId:D}-{attempt}");

    private string[] Folders() => Directory.Exists(Root) ? Directory.GetDirectories(Root) : [];

    private T? Read<T>(string path)
        where T : class
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<T>(File.ReadAllText(path)) : null;
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            logger.LogError("The journal's file {File} cannot be read and is left alone: {Reason}", path, e.Message);
            return null;
        }
    }

    /// <summary>A reader sees the old text or the new, and a crash of the machine leaves one of them.</summary>
    private static void WriteDurably<T>(string path, T value)
    {
        var temporary = path + ".new";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(file, value);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        DurableFolder.Flush(Path.GetDirectoryName(path)!);
    }

    private sealed record EndRecord(string Type, JsonElement Message)
    {
        public object Report() => Type switch
        {
            nameof(VolumeJobSucceeded) => Message.Deserialize<VolumeJobSucceeded>()!,
            nameof(VolumeJobFailed) => Message.Deserialize<VolumeJobFailed>()!,
            nameof(VolumeJobSkipped) => Message.Deserialize<VolumeJobSkipped>()!,
            nameof(VolumeRepaired) => Message.Deserialize<VolumeRepaired>()!,
            nameof(VolumeJobCanceled) => Message.Deserialize<VolumeJobCanceled>()!,
            _ => throw new InvalidDataException($"The journal holds an end of the unknown type '{Type}'."),
        };
    }
}
