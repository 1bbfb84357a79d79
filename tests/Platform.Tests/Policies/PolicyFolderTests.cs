using System.Net;
using System.Text.Json;
using Sparsify.Platform.Tests.Hosting;
using Sparsify.Testing.Processes;
using Sparsify.Testing.Servers;
using Xunit;

namespace Sparsify.Platform.Tests.Policies;

/// <summary>Policies that files give.</summary>
public sealed class PolicyFolderTests
{
    private const string Yaml = "name: nightly\ntrigger:\n  cron: 0 2 * * *\nlimits: {concurrent: 3}\n";

    [Theory]
    [InlineData(BackEndKind.Embedded)]
    [InlineData(BackEndKind.Distributed)]
    public async Task A_file_is_a_policy_that_is_changed_there_alone(BackEndKind kind)
    {
        using var folder = TestFolder.Create("policies");
        var file = folder.File("night.yaml");
        await File.WriteAllTextAsync(file, Yaml);
        await using var platform = await TestPlatform.StartAsync(kind, ("Sparsify:Scanner:PolicyFolder", folder.Path), ("Sparsify:Scanner:PolicyFolderInterval", "00:00:02"));
        var policy = await PolicyAsync(platform, p => p.GetProperty("limits").GetProperty("concurrent").GetInt32() == 3);
        Assert.Equal((true, "night.yaml"), (policy.GetProperty("readOnly").GetBoolean(), policy.Text("file")));
        var path = $"/api/v1/policies/{policy.GetProperty("id").GetGuid()}";
        var (answer, refused) = await platform.Client.SendAsync(HttpMethod.Put, path, """{"name":"nightly","trigger":{"grewBy":1}}""", "\"1\"");
        Assert.Equal((HttpStatusCode.Conflict, "POLICY_READ_ONLY"), (answer.StatusCode, refused.Text("code")));
        Assert.Equal(HttpStatusCode.Conflict, (await platform.Client.SendAsync(HttpMethod.Delete, path, null, "\"1\"")).Answer.StatusCode);

        await File.WriteAllTextAsync(file, Yaml.Replace("concurrent: 3", "concurrent: 0", StringComparison.Ordinal));
        var bad = await PolicyAsync(platform, p => p.GetProperty("fileProblem").ValueKind == JsonValueKind.String);
        Assert.Equal(3, bad.GetProperty("limits").GetProperty("concurrent").GetInt32());
        Assert.StartsWith("night.yaml:4: 'limits.concurrent' ", bad.Text("fileProblem"), StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, Yaml.Replace("concurrent: 3", "concurrent: 4", StringComparison.Ordinal));
        await PolicyAsync(platform, p => p.GetProperty("fileProblem").ValueKind == JsonValueKind.Null && p.GetProperty("limits").GetProperty("concurrent").GetInt32() == 4);

        File.Delete(file);
        await TestPlatform.UntilAsync(async () => (await platform.Client.GetAsync("/api/v1/policies")).GetProperty("items").GetArrayLength() == 0, "the policy is gone");
    }

    [Fact]
    public async Task A_name_that_is_taken_is_waited_for()
    {
        using var folder = TestFolder.Create("policies");
        await using var platform = await TestPlatform.StartAsync(BackEndKind.Embedded, ("Sparsify:Scanner:PolicyFolder", folder.Path), ("Sparsify:Scanner:PolicyFolderInterval", "00:00:00.5"));
        var first = await platform.Client.CreateAsync(new { name = "nightly", trigger = new { grewBy = 1 } });
        await File.WriteAllTextAsync(folder.File("night.yaml"), Yaml);
        await Task.Delay(TimeSpan.FromSeconds(2));
        Assert.False((await PolicyAsync(platform, _ => true)).GetProperty("readOnly").GetBoolean());
        await platform.Client.SendAsync(HttpMethod.Delete, $"/api/v1/policies/{first}", null, "\"1\"");
        await PolicyAsync(platform, p => p.GetProperty("readOnly").GetBoolean());
    }

    private static async Task<JsonElement> PolicyAsync(TestPlatform platform, Func<JsonElement, bool> which)
    {
        JsonElement? found = null;
        await TestPlatform.UntilAsync(
            async () => (found = (await platform.Client.GetAsync("/api/v1/policies?name=nightly")).GetProperty("items").EnumerateArray().Where(which).Select(p => (JsonElement?)p).FirstOrDefault()) is not null,
            "the policy is as wanted");
        return found!.Value;
    }
}
