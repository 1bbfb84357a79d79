using System.Net;
using System.Net.Sockets;

namespace Sparsify.Testing.Processes;

/// <summary>Loopback ports that nobody listens on now.</summary>
public static class FreePort
{
    /// <summary>A port that the kernel has just given and taken back.</summary>
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
