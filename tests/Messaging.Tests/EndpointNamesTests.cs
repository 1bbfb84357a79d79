using Xunit;

namespace Sparsify.Messaging.Tests;

public sealed class EndpointNamesTests
{
    [Theory]
    [InlineData("kvm-01.example.org")]
    [InlineData("A_b")]
    public void A_plain_host_name_gives_its_queue(string host) => Assert.Equal($"host-{host}", EndpointNames.Host(host));

    [Theory]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a?temporary=true")]
    [InlineData("a\n")]
    public void Anything_else_is_refused(string host)
    {
        Assert.False(EndpointNames.IsHostName(host));
        Assert.Throws<ArgumentException>(() => EndpointNames.Host(host));
    }

    [Fact]
    public void A_name_of_101_characters_is_refused() => Assert.False(EndpointNames.IsHostName(new string('a', 101)));

    [Fact]
    public void Addresses_never_declare_a_queue() => Assert.Equal("exchange", EndpointNames.Address(EndpointNames.Operations).Scheme);
}
