using Sparsify.ServiceDefaults;
using Sparsify.Testing.Processes;
using Xunit;

namespace Sparsify.Platform.Tests.Architecture;

public sealed class SecretFileTests
{
    [Fact]
    public void A_credential_of_systemd_is_the_setting_of_its_name()
    {
        using var folder = TestFolder.Create("credentials");
        File.WriteAllText(folder.File("Sparsify__RabbitMq__Uri"), "amqp://user:secret@broker/\n");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("CREDENTIALS_DIRECTORY", folder.Path)]);
        builder.AddServiceDefaults("test");
        Assert.Equal("amqp://user:secret@broker/", builder.Configuration["Sparsify:RabbitMq:Uri"]);
    }
}
