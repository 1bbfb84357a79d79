using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Sparsify.Chaos.Fleet;

/// <summary>The way of one service to broker or database: a loopback port that passes everything on, until it is told otherwise.</summary>
public sealed class Link : IAsyncDisposable
{
    private const int Piece = 64 * 1024;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, Socket> _open = new();
    private readonly CancellationTokenSource _end = new();
    private readonly int _server;
    private readonly Task _accepting;
    private volatile LinkMode _mode;

    /// <summary>Opens one.</summary>
    /// <param name="server">The server's loopback port.</param>
    public Link(int server)
    {
        _server = server;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>Where the service connects.</summary>
    public int Port { get; }

    /// <summary>How late it passes things on while it is slow.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>What it does from now on.</summary>
    public LinkMode Mode
    {
        get => _mode;
        set
        {
            _mode = value;
            if (value == LinkMode.Cut)
                Cut();
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting;
        _end.Dispose();
    }

    private void Cut()
    {
        foreach (var (service, server) in _open)
        {
            service.Dispose();
            server.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                var service = await _listener.AcceptSocketAsync(_end.Token);
                _ = ServeAsync(service);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The end, or a client that went away at once.
            }
        }
    }

    private async Task ServeAsync(Socket service)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        service.NoDelay = true;
        _open[service] = server;
        try
        {
            if (Mode == LinkMode.Cut)
                return;
            await server.ConnectAsync(IPAddress.Loopback, _server, _end.Token);
            await Task.WhenAny(PumpAsync(service, server, LinkMode.SilentToServer), PumpAsync(server, service, LinkMode.SilentToService));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // One side went away: so does the other.
        }
        finally
        {
            _open.TryRemove(service, out _);
            service.Dispose();
        }
    }

    private async Task PumpAsync(Socket from, Socket to, LinkMode silence)
    {
        var buffer = new byte[Piece];
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer, _end.Token)) > 0)
            {
                while (Mode == silence)
                    await Task.Delay(Poll, _end.Token);
                if (Mode == LinkMode.Slow)
                    await Task.Delay(Delay, _end.Token);
                for (var sent = 0; sent < count;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _end.Token);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // As above.
        }
    }
}
