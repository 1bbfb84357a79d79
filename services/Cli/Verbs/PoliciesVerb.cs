using System.CommandLine;
using Sparsify.Api.Policies;
using Sparsify.Cli.Remote;
using Sparsify.Contracts;
using Sparsify.Scanner.Policies.Files;

namespace Sparsify.Cli.Verbs;

/// <summary><c>sparsify policies list|show|apply|delete|preview|run|runs</c>.</summary>
internal static class PoliciesVerb
{
    public static Command Create() => new("policies", "Shows and changes the rules by which disks are sparsified.")
    {
        CreateList(), CreateShow(), CreateApply(), CreateDelete(), CreatePreview(), CreateRun(), CreateRuns(),
    };

    private static Command CreateList() => new Command("list", "Lists the policies.").Remote(async (client, _, output, cancellationToken) =>
    {
        output.Write(await client.PoliciesAsync(name: null, cancellationToken).ToListAsync(cancellationToken), PolicyTables.List);
        return 0;
    });

    private static Command CreateShow()
    {
        var name = Name();
        return new Command("show", "Shows one policy.") { name }.Remote(async (client, parse, output, cancellationToken) =>
        {
            output.Write(await PolicyFinder.FindAsync(client, parse.GetRequiredValue(name), cancellationToken), PolicyTables.Details);
            return 0;
        });
    }

    private static Command CreateApply()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "A YAML or JSON file with one policy. One of its name is changed to it, or made." };
        return new Command("apply", "Makes a policy, or changes one, by a file.") { file }.Remote(async (client, parse, output, cancellationToken) =>
        {
            var policy = await ReadAsync(parse.GetRequiredValue(file), cancellationToken);
            var known = await PolicyFinder.TryFindAsync(client, policy.Name, cancellationToken);
            output.Write(known is null ? await client.CreatePolicyAsync(policy, cancellationToken) : await client.ReplacePolicyAsync(known, policy, cancellationToken), PolicyTables.Details);
            return 0;
        });
    }

    private static Command CreateDelete()
    {
        var name = Name();
        return new Command("delete", "Forgets a policy; a run that goes on starts nothing more.") { name }.Remote(async (client, parse, _, cancellationToken) =>
        {
            await client.DeletePolicyAsync(await PolicyFinder.FindAsync(client, parse.GetRequiredValue(name), cancellationToken), cancellationToken);
            return 0;
        });
    }

    private static Command CreatePreview()
    {
        var name = Name();
        return new Command("preview", "Shows which disks a policy would take now, how much they would give back, and why it passes the others over.") { name }.Remote(async (client, parse, output, cancellationToken) =>
        {
            var policy = await PolicyFinder.FindAsync(client, parse.GetRequiredValue(name), cancellationToken);
            output.Write(await client.PreviewPolicyAsync(policy.Id, cancellationToken), PolicyTables.Preview);
            return 0;
        });
    }

    private static Command CreateRun()
    {
        var name = Name();
        return new Command("run", "Runs a policy now.") { name }.Remote(async (client, parse, output, cancellationToken) =>
        {
            var policy = await PolicyFinder.FindAsync(client, parse.GetRequiredValue(name), cancellationToken);
            output.Write(await client.RunPolicyAsync(policy.Id, new RunPolicyBody { RequestedBy = Environment.UserName }, cancellationToken), PolicyTables.Report);
            return 0;
        });
    }

    private static Command CreateRuns()
    {
        var name = Name();
        var limit = new Option<int>("--limit") { Description = "How many, 1 to 50.", DefaultValueFactory = _ => 10 };
        return new Command("runs", "Lists the runs of a policy, newest first, with what came of each.") { name, limit }.Remote(async (client, parse, output, cancellationToken) =>
        {
            var policy = await PolicyFinder.FindAsync(client, parse.GetRequiredValue(name), cancellationToken);
            output.Write((await client.PolicyRunsAsync(policy.Id, parse.GetValue(limit), cancellationToken)).Items, PolicyTables.Runs);
            return 0;
        });
    }

    private static Argument<string> Name() => new("NAME") { Description = "The policy." };

    private static async Task<Policy> ReadAsync(FileInfo file, CancellationToken cancellationToken)
    {
        try
        {
            return file.Length <= PolicyFile.MaximumSize
                ? PolicyFile.Read(file.Name, await File.ReadAllTextAsync(file.FullName, cancellationToken), TimeProvider.System.GetUtcNow())
                : throw new PolicyFileException($"{file.Name}:1: The file has more than {PolicyFile.MaximumSize} bytes.");
        }
        catch (Exception e) when (e is PolicyFileException or IOException or UnauthorizedAccessException)
        {
            throw new RefusedException(PolicyRefusals.Invalid, e.Message, []);
        }
    }
}
