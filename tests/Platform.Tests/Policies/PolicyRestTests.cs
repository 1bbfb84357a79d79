using System.Net;
using System.Text.Json;
using Sparsify.Messaging;
using Sparsify.Platform.Tests.Hosting;
using Sparsify.Scanner.Storage;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.Platform.Tests.Policies;

/// <summary>Policies that are made, changed and removed.</summary>
public sealed class PolicyRestTests
{
    private const string Full = """
        {"name": "nightly", "enabled": true,
         "trigger": {"cron": "0 2 * * *", "timeZone": "Europe/Prague"},
         "selector": {"storageDomains": ["vmstore"], "vms": ["web-*"], "tags": [], "disks": [], "exclude": {"vms": ["db-*"]}},
         "thresholds": {"bytes": 1073741824, "share": 0.1},
         "limits": {"concurrent": 2, "perRun": 50, "minutes": 240},
         "window": {"days": ["mon", "tue"], "from": "01:00", "to": "05:00", "timeZone": "Europe/Prague"},
         "mode": "sparsify", "priority": "low"}
        """;

    [Theory]
    [InlineData(BackEndKind.Embedded)]
    [InlineData(BackEndKind.Distributed)]
    public async Task A_policy_is_made_read_at_once_changed_by_its_tag_and_removed(BackEndKind kind)
    {
        await using var platform = await TestPlatform.StartAsync(kind);
        var client = platform.Client;
        var (created, body) = await client.SendAsync(HttpMethod.Post, "/api/v1/policies", Full, null);
        Assert.Equal((HttpStatusCode.Created, "\"1\""), (created.StatusCode, created.Headers.ETag!.Tag));
        var path = $"/api/v1/policies/{body.GetProperty("id").GetGuid()}";
        Assert.Equal(path, created.Headers.Location!.OriginalString);

        var (read, policy) = await client.SendAsync(HttpMethod.Get, path, null, null);
        Assert.Equal("\"1\"", read.Headers.ETag!.Tag);
        Assert.Equal(("nightly", "low", "db-*", "tue", false), (policy.Text("name"), policy.Text("priority"), policy.GetProperty("selector").GetProperty("exclude").GetProperty("vms")[0].GetString(), policy.GetProperty("window").GetProperty("days")[1].GetString(), policy.GetProperty("readOnly").GetBoolean()));
        await RefusedAsync(client.SendAsync(HttpMethod.Post, "/api/v1/policies", Full, null), 409, "POLICY_NAME_TAKEN");

        var changed = Full.Replace("\"concurrent\": 2", "\"concurrent\": 3", StringComparison.Ordinal);
        await RefusedAsync(client.SendAsync(HttpMethod.Put, path, changed, null), 428, "IF_MATCH_REQUIRED");
        await RefusedAsync(client.SendAsync(HttpMethod.Put, path, changed, "\"2\""), 412, "POLICY_CHANGED");
        await RefusedAsync(client.SendAsync(HttpMethod.Put, path, changed, "W/\"1\""), 400, "INVALID_REQUEST");
        await RefusedAsync(client.SendAsync(HttpMethod.Put, path, changed, "*"), 400, "INVALID_REQUEST");
        var (put, after) = await client.SendAsync(HttpMethod.Put, path, changed, "\"1\"");
        Assert.Equal((HttpStatusCode.OK, "\"2\"", 3), (put.StatusCode, put.Headers.ETag!.Tag, after.GetProperty("limits").GetProperty("concurrent").GetInt32()));
        Assert.Equal(3, (await client.GetAsync(path)).GetProperty("limits").GetProperty("concurrent").GetInt32());

        await client.CreateAsync(new { name = "another", trigger = new { grewBy = 1 } });
        var first = await client.GetAsync("/api/v1/policies?limit=1");
        Assert.Equal("another", Assert.Single(first.GetProperty("items").EnumerateArray()).Text("name"));
        Assert.Equal("nightly", Assert.Single((await client.GetAsync($"/api/v1/policies?limit=1&after={first.Text("next")}")).GetProperty("items").EnumerateArray()).Text("name"));
        Assert.Equal("nightly", Assert.Single((await client.GetAsync("/api/v1/policies?name=nightly")).GetProperty("items").EnumerateArray()).Text("name"));

        await RefusedAsync(client.SendAsync(HttpMethod.Delete, path, null, null), 428, "IF_MATCH_REQUIRED");
        await RefusedAsync(client.SendAsync(HttpMethod.Delete, path, null, "\"1\""), 412, "POLICY_CHANGED");
        Assert.Equal(HttpStatusCode.NoContent, (await client.SendAsync(HttpMethod.Delete, path, null, "\"2\"")).Answer.StatusCode);
        await RefusedAsync(client.SendAsync(HttpMethod.Get, path, null, null), 404, "POLICY_NOT_FOUND");
        await RefusedAsync(client.SendAsync(HttpMethod.Put, path, changed, "\"3\""), 404, "POLICY_NOT_FOUND");
        await RefusedAsync(client.SendAsync(HttpMethod.Post, $"{path}/preview", null, null), 404, "POLICY_NOT_FOUND");
        await RefusedAsync(client.SendAsync(HttpMethod.Post, $"{path}/run", null, null), 404, "POLICY_NOT_FOUND");
        Assert.Equal(HttpStatusCode.Created, (await client.SendAsync(HttpMethod.Post, "/api/v1/policies", Full, null)).Answer.StatusCode);
    }

    [Fact]
    public async Task What_is_wrong_or_meant_to_harm_is_refused_with_what_is_wrong()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded);
        var id = await platform.Client.CreateAsync(JsonSerializer.Deserialize<JsonElement>(Full));
        (string Text, int Status, string Code)[] wrong =
        [
            ("", 400, "INVALID_REQUEST"), ("null", 400, "INVALID_REQUEST"), ("[]", 400, "INVALID_REQUEST"), ("{", 400, "INVALID_REQUEST"), ("{}", 400, "INVALID_REQUEST"),
            ("""{"name":"a"}""", 400, "INVALID_REQUEST"),
            ("""{"name":null,"trigger":{"grewBy":1}}""", 400, "INVALID_REQUEST"),
            ("""{"name":"a","trigger":{"grewBy":1},"seletor":{}}""", 400, "INVALID_REQUEST"),
            ("""{"name":"a","trigger":{"grewBy":1},"selector":null}""", 400, "INVALID_REQUEST"),
            ("""{"name":"a","trigger":{"grewBy":1},"mode":1}""", 400, "INVALID_REQUEST"),
            ("""{"name":"a","trigger":{"grewBy":"1"}}""", 400, "INVALID_REQUEST"),
            ("""{"name":"a","trigger":{"grewBy":1e30}}""", 400, "INVALID_REQUEST"),
            ("""{"name":"a","trigger":{"events":[null]}}""", 400, "INVALID_REQUEST"),
            ("""{"name":"a","trigger":{"events":["vmExploded"]}}""", 400, "INVALID_REQUEST"),
            ("""{"name":"a","trigger":{}}""", 400, "POLICY_INVALID"),
            ("""{"name":"a\n","trigger":{"grewBy":1}}""", 400, "POLICY_INVALID"),
            ("""{"name":"a","trigger":{"cron":"* * * * * * *"}}""", 400, "POLICY_INVALID"),
            ("""{"name":"a","trigger":{"cron":"0 2 * * *","timeZone":"../../../etc/shadow"}}""", 400, "POLICY_INVALID"),
            ("""{"name":"a","trigger":{"grewBy":1},"selector":{"vms":[null]}}""", 400, "POLICY_INVALID"),
            ("""{"name":"a","trigger":{"grewBy":-1},"limits":{"concurrent":0,"perRun":99999999},"thresholds":{"share":2}}""", 400, "POLICY_INVALID"),
            ($$$"""{"name":"a","trigger":{"grewBy":1},"selector":{"disks":[{{{string.Join(',', Enumerable.Repeat("\"*\"", 5000))}}}]}}""", 400, "POLICY_INVALID"),
            ($$$"""{"name":"{{{new string('a', 100_000)}}}","trigger":{"grewBy":1}}""", 413, "INVALID_REQUEST"),
            (new string('[', 5000), 400, "INVALID_REQUEST"),
        ];
        foreach (var (text, status, code) in wrong)
        {
            await RefusedAsync(platform.Client.SendAsync(HttpMethod.Post, "/api/v1/policies", text, null), status, code);
            await RefusedAsync(platform.Client.SendAsync(HttpMethod.Put, $"/api/v1/policies/{id}", text, "\"1\""), status, code);
        }

        var (_, body) = await platform.Client.SendAsync(HttpMethod.Post, "/api/v1/policies", wrong[19].Text, null);
        Assert.Equal(["trigger.grewBy", "thresholds.share", "limits.concurrent", "limits.perRun"], body.GetProperty("faults").EnumerateArray().Select(f => f.Text("field")));
        await RefusedAsync(platform.Client.SendAsync(HttpMethod.Post, $"/api/v1/policies/{id}/run", $$"""{"requestedBy":"{{new string('a', 256)}}"}""", null), 400, "INVALID_REQUEST");
        using var form = await platform.Client.Http.PostAsync(new Uri("/api/v1/policies", UriKind.Relative), new StringContent(Full));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, form.StatusCode);
        Assert.Single((await platform.Client.GetAsync("/api/v1/policies")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_Scanner_that_does_not_answer_is_waited_for_in_vain()
    {
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded, ("Sparsify:Api:PolicyTimeout", "00:00:00.5"));
        await platform.WithAsync<ScannerDbContext, bool>(async db =>
        {
            // It cannot write.
            await using var transaction = await db.BeginWriteAsync();
            var (answer, body) = await platform.Client.SendAsync(HttpMethod.Post, "/api/v1/policies", Full, null);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "UNAVAILABLE", "5"), (answer.StatusCode, body.Text("code"), answer.Headers.RetryAfter!.ToString()));
            return true;
        });
        // What was asked for is done all the same, and told.
        await TestPlatform.UntilAsync(async () => (await platform.Client.GetAsync("/api/v1/policies")).GetProperty("items").GetArrayLength() == 1, "the policy is there");
    }

    private static async Task RefusedAsync(Task<(HttpResponseMessage Answer, JsonElement Body)> request, int status, string code)
    {
        var (answer, body) = await request;
        Assert.True((status, code) == ((int)answer.StatusCode, body.Text("code")), $"{status} {code} was wanted, and it answered {(int)answer.StatusCode}: {body}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }
}
