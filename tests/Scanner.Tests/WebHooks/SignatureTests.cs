using System.Text;
using Sparsify.Scanner.WebHooks;
using Xunit;

namespace Sparsify.Scanner.Tests.WebHooks;

/// <summary>Signatures that were made with openssl; the first is also the example of the libraries for Standard Webhooks.</summary>
public sealed class SignatureTests
{
    private const string Base64Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string PlainSecret = "plain-old-secret-of-32-characters";
    private const string BySecondSecret = "v1,MBP7+IENSl1MbzbYgjX4E9fY2aZbKkM6q26HtIbIhPQ=";
    private const string ByFirstSecret = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    [Theory]
    [InlineData(Base64Secret, ByFirstSecret)]
    [InlineData($"{PlainSecret}\r\n", BySecondSecret)]
    [InlineData($"\n{Base64Secret}\n {PlainSecret} \n", $"{ByFirstSecret} {BySecondSecret}")]
    public async Task Each_secret_of_the_file_signs(string file, string signatures)
    {
        using var secret = await SecretFile.CreateAsync(file);
        Assert.Equal(signatures, WebHookSignature.Sign(WebHookSecrets.Read(secret.Path), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}"u8));
    }

    [Theory]
    [InlineData("", "0 secrets")]
    [InlineData("\n \n", "0 secrets")]
    [InlineData("fifteen-bytes-x", "Line 1")]
    [InlineData($"{PlainSecret}\nwhsec_%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%", "Line 2")]
    [InlineData("whsec_MTIzNDU2Nzg5MDEyMzQ1", "Line 1")]
    [InlineData("sixteen-bytes-xx\nsixteen-bytes-xx\nsixteen-bytes-xx\nsixteen-bytes-xx\nsixteen-bytes-xx", "5 secrets")]
    public async Task A_file_that_cannot_be_used_says_why_and_never_what_it_holds(string file, string why)
    {
        using var secret = await SecretFile.CreateAsync(file);
        var fault = Assert.Throws<InvalidDataException>(() => WebHookSecrets.Read(secret.Path));
        Assert.Contains(why, fault.Message, StringComparison.Ordinal);
        Assert.All(file.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), line => Assert.DoesNotContain(line, fault.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_without_end_is_not_read_to_its_end()
    {
        using var secret = await SecretFile.CreateAsync(new StringBuilder().Insert(0, "secret-secret-secret", 1000).ToString());
        Assert.Contains("4096", Assert.Throws<InvalidDataException>(() => WebHookSecrets.Read(secret.Path)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => WebHookSecrets.Read("/dev/zero"));
        Assert.True(WebHookSecrets.IsFault(Assert.ThrowsAny<Exception>(() => WebHookSecrets.Read("/"))));
        Assert.True(WebHookSecrets.IsFault(Assert.ThrowsAny<Exception>(() => WebHookSecrets.Read("/no/such/file"))));
    }
}
