using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Sparsify.Testing.Processes;

/// <summary>Loopback ports that nobody listens on now.</summary>
public static class FreePort
{
    private const int Lowest = 10_000;
    private static readonly int Beyond = FirstOfKernel();
    private static int _last = Random.Shared.Next();

    /// <summary>
    /// A port that the kernel gives to nobody by itself: any other may be taken, by a connection that goes out, before the
    /// process it is meant for has started. No port is given twice before all have been given.
    /// </summary>
    public static int Next()
    {
        for (var tries = 0; tries < Beyond - Lowest; tries++)
        {
            var port = Lowest + (int)((uint)Interlocked.Increment(ref _last) % (Beyond - Lowest));
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // The next one, then.
            }
        }

        throw new InvalidOperationException($"All loopback ports from {Lowest} to {Beyond - 1} are in use.");
    }

    /// <summary>Source: ip(7), ip_local_port_range.</summary>
    private static int FirstOfKernel()
    {
        const string Range = "/proc/sys/net/ipv4/ip_local_port_range";
        var first = int.Parse(File.ReadAllText(Range).Split('\t', ' ')[0], CultureInfo.InvariantCulture);
        return first > Lowest ? first : throw new InvalidOperationException($"{Range} leaves no ports from {Lowest} on to be chosen.");
    }
}
