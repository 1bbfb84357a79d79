using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Sparsify.Scanner.WebHooks;
using Xunit;

namespace Sparsify.Scanner.Tests.WebHooks;

/// <summary>What the start refuses, and how it says so.</summary>
public sealed class WebHookOptionsTests
{
    [Theory]
    [InlineData("https://hooks.example/T0K3N?key=T0K3N", null)]
    [InlineData("http://localhost:9/T0K3N", null)]
    [InlineData("http://127.0.0.1/", null)]
    [InlineData("http://[::1]:80/", null)]
    [InlineData("http://hooks.example/T0K3N", "hooks.example is another host")]
    [InlineData("https://user:T0K3N@hooks.example/", "user or password")]
    [InlineData("/T0K3N", "no absolute address")]
    [InlineData("ftp://hooks.example/T0K3N", "no absolute address")]
    [InlineData("http://[T0K3N", "no absolute address")]
    [InlineData("", "no absolute address")]
    [InlineData(null, "no absolute address")]
    public async Task An_address_must_be_one_that_nobody_listens_in_on(string? url, string? fault)
    {
        using var secret = await SecretFile.CreateAsync("sixteen-bytes-xx");
        var faults = Faults(("Url", url), ("SecretFile", secret.Path));
        Assert.DoesNotContain(faults, f => f.Contains("T0K3N", StringComparison.Ordinal));
        if (fault is null)
            Assert.Empty(faults);
        else
            Assert.Contains(fault, Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Http_to_another_host_is_allowed_where_the_administrator_says_so()
    {
        using var secret = await SecretFile.CreateAsync("sixteen-bytes-xx");
        Assert.Empty(Faults(("Url", "http://hooks.example/"), ("SecretFile", secret.Path), ("AllowInsecure", "true")));
    }

    [Theory]
    [InlineData(null, "SecretFile is missing")]
    [InlineData("/no/such/file", "/no/such/file")]
    public void Without_a_secret_there_is_no_hook(string? file, string fault) =>
        Assert.Contains(fault, Assert.Single(Faults(("Url", "https://hooks.example/"), ("SecretFile", file))), StringComparison.Ordinal);

    [Fact]
    public async Task Events_are_chosen_by_name_and_one_that_is_none_is_refused_with_those_there_are()
    {
        using var secret = await SecretFile.CreateAsync("sixteen-bytes-xx");
        (string, string?)[] hook = [("Url", "https://hooks.example/"), ("SecretFile", secret.Path)];
        Assert.True(Hook(hook).Wants("SparsifyNeeded") && Hook(hook).Wants("SparsifyNeedCleared"));
        var one = Hook([.. hook, ("Events:0", "SparsifyNeedCleared")]);
        Assert.True(one.Wants("SparsifyNeedCleared") && !one.Wants("SparsifyNeeded"));
        var fault = Assert.Single(Faults([.. hook, ("Events:0", "SparsifyNeeded"), ("Events:1", "DiskChanged")]));
        Assert.Contains("'DiskChanged', which is not an event; there are SparsifyNeeded and SparsifyNeedCleared", fault, StringComparison.Ordinal);
        Assert.StartsWith("Sparsify:Scanner:WebHooks:ops: ", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Timeout", "00:01:00")]
    [InlineData("Concurrency", "0")]
    [InlineData("MaximumAge", "00:00:00")]
    [InlineData("RetryDelay", "-00:00:01")]
    [InlineData("LongestRetryDelay", "00:00:01")]
    public async Task Limits_have_limits(string setting, string value)
    {
        using var secret = await SecretFile.CreateAsync("sixteen-bytes-xx");
        Assert.Contains(setting, Assert.Single(Faults(("Url", "https://hooks.example/"), ("SecretFile", secret.Path), (setting, value))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("-x")]
    [InlineData("x\n")]
    public void A_name_is_one_that_logs_and_metrics_can_have(string name)
    {
        var options = new ScannerOptions();
        options.WebHooks[name] = new WebHookOptions();
        Assert.Contains(options.Validate(new ValidationContext(options)), r => r.ErrorMessage!.Contains("no name of a web hook", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://")]
    [InlineData("")]
    public void A_source_is_a_URI_reference(string source)
    {
        var options = new ScannerOptions { EventSource = source };
        Assert.Contains("EventSource", Assert.Single(options.Validate(new ValidationContext(options))).ErrorMessage, StringComparison.Ordinal);
    }

    private static List<string> Faults(params (string Key, string? Value)[] settings)
    {
        var options = new ScannerOptions();
        options.WebHooks["ops"] = Hook(settings);
        return [.. options.Validate(new ValidationContext(options)).Select(r => r.ErrorMessage!)];
    }

    private static WebHookOptions Hook(params (string Key, string? Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"hook:{s.Key}", s.Value))).Build().GetSection("hook").Get<WebHookOptions>()!;
}
