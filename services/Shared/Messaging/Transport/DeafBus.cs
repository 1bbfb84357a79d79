using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client.Exceptions;

namespace Sparsify.Messaging;

/// <summary>
/// Ends the process, with exit code 1, when its bus will not hear anything any more: MassTransit does not start a bus again
/// whose start has failed, and does not connect again once the broker has refused its account. The process would live on
/// deaf; whoever started it starts it again.
/// </summary>
internal sealed class DeafBus(IHostApplicationLifetime lifetime, ILogger<DeafBus> logger) : IBusObserver, IReceiveEndpointObserver
{
    private int _isSaid;

    public Task StartFaulted(IBus bus, Exception exception) => EndAsync("The bus could not be started", exception);

    public Task Faulted(ReceiveEndpointFaulted faulted) =>
        faulted.Exception?.GetBaseException() is AuthenticationFailureException refusal ? EndAsync("The broker refuses the account in Sparsify:RabbitMq:Uri", refusal) : Task.CompletedTask;

    public void PostCreate(IBus bus)
    {
    }

    public void CreateFaulted(Exception exception)
    {
    }

    public Task PreStart(IBus bus) => Task.CompletedTask;

    public Task PostStart(IBus bus, Task<BusReady> busReady) => Task.CompletedTask;

    public Task PreStop(IBus bus) => Task.CompletedTask;

    public Task PostStop(IBus bus) => Task.CompletedTask;

    public Task StopFaulted(IBus bus, Exception exception) => Task.CompletedTask;

    public Task Ready(ReceiveEndpointReady ready) => Task.CompletedTask;

    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    private Task EndAsync(string what, Exception exception)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested || Interlocked.Exchange(ref _isSaid, 1) == 1)
            return Task.CompletedTask;
        logger.LogCritical("{What}, and this process ends, to be started again: {Reason}", what, exception.GetBaseException().Message);
        Environment.ExitCode = 1;
        // A host that is stopped while it starts ends with an exception of its own.
        lifetime.ApplicationStarted.Register(lifetime.StopApplication);
        return Task.CompletedTask;
    }
}
