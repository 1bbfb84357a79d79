using System.CommandLine;
using Sparsify.HostWorker;
using Sparsify.HostWorker.Diagnosis;
using Spectre.Console;

namespace Sparsify.Cli.Verbs;

/// <summary><c>sparsify doctor</c>: can this machine sparsify, and what to do where it cannot.</summary>
internal static class DoctorVerb
{
    private const int Unusable = 1;

    public static Command Create()
    {
        var domains = DomainOption.Create(required: false);
        var data = new Option<DirectoryInfo>("--data") { Description = "The folder of 'serve': what is found out about the appliance is remembered there.", DefaultValueFactory = _ => new DirectoryInfo(Path.Combine(Path.GetTempPath(), $"sparsify-doctor-{Environment.UserName}")) };
        var command = new Command("doctor", "Checks this machine's tools and storage domains. Exit code 0 only when all is usable.") { domains, data };
        command.SetAction(async (parse, cancellationToken) =>
        {
            await using var services = Services(Path.Combine(parse.GetRequiredValue(data).FullName, "host"));
            var doctor = services.GetRequiredService<Doctor>();
            var results = await AnsiConsole.Status().StartAsync("Starting the appliance once", _ => doctor.CheckToolsAsync(cancellationToken));
            var all = results.Concat((parse.GetValue(domains) ?? []).SelectMany(d => doctor.CheckStorageDomain(d.Key, d.Value))).ToList();
            Print(all);
            return all.Any(r => r.State == CheckState.Failed) ? Unusable : 0;
        });
        return command;
    }

    private static ServiceProvider Services(string scratch)
    {
        Directory.CreateDirectory(scratch);
        return new ServiceCollection()
            .AddLogging()
            .AddSingleton(TimeProvider.System)
            .Configure<HostWorkerOptions>(o => o.Scratch = scratch)
            .AddDoctor()
            .BuildServiceProvider();
    }

    private static void Print(IEnumerable<CheckResult> results)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("", "what", "found", "what to do");
        foreach (var result in results)
            table.AddRow(Mark(result.State), Markup.Escape(result.Subject), Markup.Escape(result.Finding), Markup.Escape(result.Remedy ?? ""));
        AnsiConsole.Write(table);
    }

    private static string Mark(CheckState state) => state switch
    {
        CheckState.Ok => "[green]ok[/]",
        CheckState.Warning => "[yellow]note[/]",
        _ => "[red]FAIL[/]",
    };
}
