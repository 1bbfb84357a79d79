using System.Collections.Concurrent;
using System.Net;
using Sparsify.Platform.Tests.Hosting;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.Platform.Tests.Rest;

/// <summary>A database that crashes in the midst of requests, again and again.</summary>
public sealed class DatabaseCrashTests
{
    private const int Clients = 8;
    private const int Crashes = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task Whatever_is_cut_off_is_to_be_sent_again()
    {
        await using var postgres = await PrivatePostgres.StartAsync();
        await using var platform = await TestPlatform.StartAsync(
            BackEndKind.Distributed, ("Sparsify:Database:ConnectionString", postgres.ConnectionString), ("Sparsify:Api:DecisionTimeout", "00:00:01"));
        var disk = await platform.AddDiskAsync();
        var answers = new ConcurrentBag<HttpStatusCode>();
        using var over = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients).Select(_ => AskAsync()).ToList();
        for (var crash = 0; crash < Crashes; crash++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(300 * crash), TestContext.Current.CancellationToken);
            await postgres.RestartAsync(crash: true, TimeSpan.FromMilliseconds(100 * crash));
        }

        await over.CancelAsync();
        await Task.WhenAll(clients);
        Assert.Contains(HttpStatusCode.ServiceUnavailable, answers);
        Assert.DoesNotContain(answers, a => a is not (HttpStatusCode.Accepted or HttpStatusCode.Conflict or HttpStatusCode.ServiceUnavailable));

        async Task AskAsync()
        {
            while (!over.IsCancellationRequested)
            {
                answers.Add((await platform.Client.SparsifyAsync(disk)).Status);
                await Task.Delay(Pause, CancellationToken.None);
            }
        }
    }
}
