using MassTransit;
using MassTransit.Configuration;
using MassTransit.Serialization;

namespace Sparsify.Messaging;

/// <summary>Opens an endpoint to clients that do not speak MassTransit's envelope.</summary>
public static class PublicInputEndpoint
{
    /// <summary>
    /// Accepts plain JSON (content type <c>application/json</c>) beside the envelope. Only for an endpoint of one
    /// message type: plain JSON does not say what it is, so it is read as whatever the endpoint consumes.
    /// </summary>
    public static void AcceptPlainJson(this IReceiveEndpointConfigurator endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        // A client that names no content type has never heard of the envelope.
        endpoint.DefaultContentType = SystemTextJsonRawMessageSerializer.JsonContentType;
        endpoint.AddDeserializer(new SystemTextJsonRawMessageSerializerFactory(RawSerializerOptions.AnyMessageType));
    }
}
