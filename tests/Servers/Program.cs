using Sparsify.Testing.Servers;

// One RabbitMQ and one PostgreSQL for all test projects: prints where they are, and ends them when its input ends.
await using var servers = await TestServers.StartAsync();
Console.WriteLine(servers.Addresses.ToJson());
await Console.In.ReadToEndAsync();
