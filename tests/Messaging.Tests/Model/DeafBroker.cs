using System.Reflection;
using MassTransit;

namespace Sparsify.Messaging.Tests.Model;

/// <summary>A bus whose broker takes messages and never confirms one, as when a channel dies in the wrong moment; that cannot be met on demand.</summary>
public class DeafBroker : DispatchProxy
{
    public static IBusControl Bus => Create<IBusControl, DeafBroker>();

    /// <inheritdoc />
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod!.Name == nameof(IBus.GetSendEndpoint) ? Task.FromResult(Create<ISendEndpoint, DeafBroker>()) : new TaskCompletionSource().Task;
}
