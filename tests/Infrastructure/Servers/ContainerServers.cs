using CliWrap;
using CliWrap.Buffered;
using Docker.DotNet;
using DotNet.Testcontainers.Builders;
using Testcontainers.PostgreSql;
using Testcontainers.RabbitMq;

namespace Sparsify.Testing.Servers;

/// <summary>Both servers in containers.</summary>
internal sealed class ContainerServers : IAsyncDisposable
{
    private const int ManagementPort = 15672;
    private const string RabbitMqImage = "rabbitmq:4.1.4-management";
    private const string PostgresImage = "postgres:17.6";
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan PullLimit = TimeSpan.FromMinutes(5);

    private readonly RabbitMqContainer _rabbit;
    private readonly PostgreSqlContainer _postgres;

    private ContainerServers(RabbitMqContainer rabbit, PostgreSqlContainer postgres, ServerAddresses addresses) => (_rabbit, _postgres, Addresses) = (rabbit, postgres, addresses);

    public ServerAddresses Addresses { get; }

    /// <summary>Null where no engine answers, or an image is neither there nor to be had.</summary>
    public static async Task<ContainerServers?> TryStartAsync()
    {
        var (rabbitImage, postgresImage) = (ImageOf("SPARSIFY_TEST_RABBITMQ_IMAGE", RabbitMqImage), ImageOf("SPARSIFY_TEST_POSTGRES_IMAGE", PostgresImage));
        if (!await AnswersAsync(AskLimit, "info") || !await HasAsync(rabbitImage) || !await HasAsync(postgresImage))
            return null;
        var password = Guid.NewGuid().ToString("N");
        var rabbit = new RabbitMqBuilder(rabbitImage).WithUsername("sparsify").WithPassword(password).WithPortBinding(ManagementPort, assignRandomHostPort: true).Build();
        var postgres = new PostgreSqlBuilder(postgresImage).WithPassword(password).Build();
        try
        {
            using var limit = new CancellationTokenSource(StartLimit);
            await Task.WhenAll(rabbit.StartAsync(limit.Token), postgres.StartAsync(limit.Token));
        }
        catch (Exception e) when (e is DockerApiException or DockerUnavailableException or HttpRequestException or TimeoutException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"The containers did not start, so private instances are used: {e.Message}");
            await rabbit.DisposeAsync();
            await postgres.DisposeAsync();
            return null;
        }

        var addresses = new ServerAddresses(
            new Uri(rabbit.GetConnectionString()),
            new Uri($"http://{rabbit.Hostname}:{rabbit.GetMappedPublicPort(ManagementPort)}"),
            postgres.GetConnectionString(),
            $"containers of {rabbitImage} and {postgresImage}");
        return new ContainerServers(rabbit, postgres, addresses);
    }

    public async ValueTask DisposeAsync()
    {
        await _rabbit.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    private static string ImageOf(string variable, string pinned) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } image ? image : pinned;

    private static async Task<bool> HasAsync(string image) =>
        await AnswersAsync(AskLimit, "image", "inspect", image) || await AnswersAsync(PullLimit, "pull", "--quiet", image);

    private static async Task<bool> AnswersAsync(TimeSpan limit, params string[] arguments)
    {
        using var timeout = new CancellationTokenSource(limit);
        try
        {
            return (await Cli.Wrap("docker").WithArguments(arguments).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(timeout.Token)).ExitCode == 0;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or OperationCanceledException)
        {
            return false;
        }
    }
}
