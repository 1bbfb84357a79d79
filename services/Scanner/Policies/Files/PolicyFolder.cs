using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Sparsify.Contracts;
using Sparsify.Messaging;
using Sparsify.Scanner.Policies.Storing;
using Sparsify.Scanner.Storage;

namespace Sparsify.Scanner.Policies.Files;

/// <summary>Brings the policies that files give into line with the files. A file that cannot be read changes nothing: what it last said stays in force.</summary>
internal sealed class PolicyFolder(ScannerDbContext db, PolicyStore store, TimeProvider time, IOptions<ScannerOptions> options, ILogger<PolicyFolder> logger)
{
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    /// <summary>Reads the files that have changed, and forgets policies whose file is gone.</summary>
    /// <param name="seen">What each file held when it was last read by this process; brought up to date.</param>
    /// <param name="cancellationToken">The service stops.</param>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public async Task ApplyAsync(Dictionary<string, string> seen, CancellationToken cancellationToken)
    {
        var files = options.Value.PolicyFolder is { } folder ? Files(folder) : [];
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        await store.SerialiseAsync(Guid.Empty, cancellationToken);
        var known = await db.Policies.Where(p => p.File != null).ToDictionaryAsync(p => p.File!, StringComparer.Ordinal, cancellationToken);
        foreach (var gone in known.Values.Where(p => !files.ContainsKey(p.File!)))
        {
            await store.RemoveAsync(gone, cancellationToken);
            logger.LogInformation("The file {File} is gone, and the policy {Policy} with it.", gone.File, gone.Name);
        }

        // The gone ones free their names first.
        await db.SaveChangesAsync(cancellationToken);
        var now = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, path) in files)
        {
            var (content, hash) = await ReadAsync(path, cancellationToken);
            // What was refused is looked at again, and said again: the name that was taken may be free by now.
            if (seen.GetValueOrDefault(name) == hash || await ApplyAsync(name, content, known.GetValueOrDefault(name), cancellationToken) is not { } problem)
                now[name] = hash;
            else
                logger.LogError("A policy's file is refused, and what it last said stays in force: {Problem}", problem);
            await db.SaveChangesAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        seen.Clear();
        foreach (var (name, hash) in now)
            seen[name] = hash;
    }

    private async Task<string?> ApplyAsync(string name, string? content, StoredPolicy? known, CancellationToken cancellationToken)
    {
        string? problem;
        try
        {
            var rule = PolicyFile.Read(name, content ?? throw new PolicyFileException($"{name}:1: The file cannot be read, or has more than {PolicyFile.MaximumSize} bytes."), time.GetUtcNow());
            var answer = known is null
                ? await store.AddAsync(Guid.CreateVersion7(time.GetUtcNow()), rule, name, cancellationToken)
                : known.Says(rule) ? null : await store.ChangeAsync(known, rule, cancellationToken);
            problem = answer is PolicyRefused refused ? $"{name}:1: {refused.Message}" : null;
        }
        catch (PolicyFileException e)
        {
            problem = e.Message;
        }

        if (known is not null)
            await store.NoteProblemAsync(known, problem, cancellationToken);
        return problem;
    }

    /// <summary>Its text, null when it cannot be read or is too long, and a hash by which a change is seen.</summary>
    private static async Task<(string? Text, string Hash)> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(path);
            var content = new byte[PolicyFile.MaximumSize + 1];
            var length = await file.ReadAtLeastAsync(content, content.Length, throwOnEndOfStream: false, cancellationToken);
            return length > PolicyFile.MaximumSize ? (null, "") : (Encoding.UTF8.GetString(content, 0, length), Convert.ToHexStringLower(SHA256.HashData(content.AsSpan(0, length))));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, "");
        }
    }

    /// <summary>By name. Hidden ones belong to editors, and to whatever swaps the folder.</summary>
    private static SortedDictionary<string, string> Files(string folder) => new(
        Directory.EnumerateFiles(folder).Where(f => Extensions.Contains(Path.GetExtension(f)) && !Path.GetFileName(f).StartsWith('.')).Take(PolicyStore.Most + 1).ToDictionary(f => Path.GetFileName(f)),
        StringComparer.Ordinal);
}
