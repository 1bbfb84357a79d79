using MassTransit;

namespace Sparsify.Messaging;

/// <summary>A queue that this process takes messages from together with others, and whose name only the configuration tells.</summary>
/// <param name="Name">The queue's name.</param>
/// <param name="Configure">Adds its consumers.</param>
internal sealed record SharedEndpoint(string Name, Action<IBusRegistrationContext, IReceiveEndpointConfigurator> Configure);
