using System.Text.Json;
using Sparsify.Contracts;
using Sparsify.Scanner.Policies.Files;
using Xunit;

namespace Sparsify.Scanner.Tests.Policies;

/// <summary>Policies as files.</summary>
public sealed class PolicyFileTests
{
    private const string Json = """
        {"name": "nightly", "enabled": true,
         "trigger": {"cron": "0 2 * * *", "timeZone": "Europe/Prague"},
         "selector": {"storageDomains": ["vmstore"], "vms": ["web-*"], "tags": [], "disks": [], "exclude": {"vms": ["db-*"]}},
         "thresholds": {"bytes": 1073741824, "share": 0.1},
         "limits": {"concurrent": 2, "perRun": 50, "minutes": 240},
         "window": {"days": ["mon", "tue"], "from": "01:00", "to": "05:00", "timeZone": "Europe/Prague"},
         "mode": "sparsify", "priority": "low"}
        """;

    private const string Yaml = """
        # What runs at night.
        name: nightly
        trigger:
          cron: 0 2 * * *
          timeZone: Europe/Prague
        selector:
          storageDomains: [vmstore]
          vms:
            - web-*
          exclude: {vms: [db-*]}
        thresholds: {bytes: 1073741824, share: 0.1}
        limits:
          concurrent: 2
          perRun: 50
          minutes: 240
        window: {days: [mon, tue], from: 01:00, to: "05:00", timeZone: Europe/Prague}
        priority: low
        """;

    private static readonly DateTimeOffset Now = Samples.At("2026-01-01T00:00:00Z");

    [Fact]
    public void YAML_and_JSON_say_the_same()
    {
        var (yaml, json) = (PolicyFile.Read("a.yaml", Yaml, Now), PolicyFile.Read("a.json", Json, Now));
        Assert.Equal(JsonSerializer.Serialize(json), JsonSerializer.Serialize(yaml));
        Assert.Equal(("nightly", 1L << 30, OperationPriority.Low, PolicyDay.Tue, "db-*"), (yaml.Name, yaml.Thresholds.Bytes, yaml.Priority, yaml.Window!.Days[1], Assert.Single(yaml.Selector.Exclude.Vms)));
        Assert.Equal(JsonSerializer.Serialize(json), JsonSerializer.Serialize(JsonSerializer.Deserialize<Policy>(Json, JsonSerializerOptions.Web)));
    }

    [Theory]
    [InlineData("limits:\n  concurrent: 2", "limits:\n  concurrent: 0", 13, "limits.concurrent")]
    [InlineData("limits:\n  concurrent: 2", "limits:\n  concurent: 2", 13, "no field 'limits.concurent'")]
    [InlineData("limits:\n  concurrent: 2", "limits:\n  concurrent: two", 13, "limits.concurrent")]
    [InlineData("priority: low", "priority: urgent", 17, "priority")]
    [InlineData("- web-*", "- 7", 8, "quotes")]
    [InlineData("name: nightly", "name: nightly\nname: daily", 3, "twice")]
    [InlineData("name: nightly", "name: [nightly", 2, "not closed")]
    [InlineData("name: nightly", "name: &a nightly", 2, "Anchors")]
    [InlineData("name: nightly", "name: !!str nightly", 2, "Tags")]
    [InlineData("name: nightly\n", "", 1, "name")]
    [InlineData("priority: low", "priority: low\n---\nname: b", 18, "second document")]
    [InlineData("  timeZone: Europe/Prague\nselector", "  timeZone: Europe/Nowhere\nselector", 5, "trigger.timeZone")]
    public void What_is_wrong_is_told_with_file_line_and_reason(string text, string instead, int line, string reason)
    {
        var e = Assert.Throws<PolicyFileException>(() => PolicyFile.Read("night.yaml", Yaml.Replace(text, instead, StringComparison.Ordinal), Now));
        Assert.StartsWith($"night.yaml:{line}: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_texts_are_refused_in_no_time()
    {
        string[] texts =
        [
            "", "---", "[]", "7", "null", "\0", "name: \t", new string('[', 60_000), string.Concat(Enumerable.Repeat("a: {", 10_000)), "? [a]\n: b", "*a",
            "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]", "{\"name\": null}", "{\"name\": \"a\", \"trigger\": null}", "{\"name\":\"a\",\"trigger\":{\"events\":[null]}}", "- name: a",
        ];
        Assert.All(texts, text => Assert.Throws<PolicyFileException>(() => PolicyFile.Read("bad.yaml", text, Now)));
        const string Signs = "\n\t :-[]{}&*!|>'\"%@,#?x0";
        var random = new Random(11);
        for (var i = 0; i < 3000; i++)
        {
            var text = Yaml.ToCharArray();
            for (var n = random.Next(1, 5); n > 0; n--)
                text[random.Next(text.Length)] = Signs[random.Next(Signs.Length)];
            try
            {
                PolicyFile.Read("fuzzed.yaml", new string(text), Now);
            }
            catch (PolicyFileException)
            {
                // Refused as it should be; anything else fails the test.
            }
        }
    }
}
