using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Sparsify.Platform.Tests.Hosting;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.Platform.Tests.Rest;

/// <summary>What the API did not reckon with.</summary>
public sealed class FaultTests
{
    [Fact]
    public async Task A_fault_is_answered_with_the_trace_id_under_which_the_log_says_what_it_was()
    {
        var log = new LogRecorder();
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Distributed, services => services.AddLogging(l => l.AddProvider(log)));
        await platform.BackEnd.Database!.QueryAsync<object?>("DROP TABLE api.disks CASCADE");
        using var answer = await platform.Client.Http.GetAsync(new Uri("/api/v1/disks", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        var problem = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("INTERNAL", problem.Text("code"));
        Assert.DoesNotContain("disks", problem.Text("detail"), StringComparison.Ordinal);
        var line = Assert.Single(log.Lines, l => l.Contains(problem.GetProperty("traceId").GetString()!, StringComparison.Ordinal));
        Assert.Contains("GET /api/v1/disks", line, StringComparison.Ordinal);
        Assert.Contains("42P01", line, StringComparison.Ordinal);
    }
}
