using System.Collections.Concurrent;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Sparsify.Messaging.Tests.Model;

/// <summary>Writes a row and says so, in one transaction; fails after both when it is told to.</summary>
public sealed class DepositConsumer(TestDbContext db) : IConsumer<Deposit>
{
    public async Task Consume(ConsumeContext<Deposit> context)
    {
        db.Entries.Add(new Entry { Account = context.Message.Account, Amount = context.Message.Amount });
        await db.SaveChangesAsync(context.CancellationToken);
        await context.Publish(new Deposited { Account = context.Message.Account });
        if (context.Message.Fails)
            throw new InvalidOperationException("Told to fail.");
    }

    internal sealed class Definition : ConsumerDefinition<DepositConsumer>
    {
        public Definition() => EndpointName = "deposits";

        protected override void ConfigureConsumer(IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<DepositConsumer> consumerConfigurator, IRegistrationContext context) =>
            endpointConfigurator.UseTransactionalConsumers<TestDbContext>(context);
    }
}

/// <summary>What came out at the other end.</summary>
public sealed class Heard
{
    public ConcurrentQueue<object> Messages { get; } = new();

    /// <summary>While it is not set, consumers wait, as if they hung.</summary>
    public TaskCompletionSource Open { get; } = new();

    /// <summary>What the endpoint of <see cref="Announced"/> does.</summary>
    public Clinging Clings { get; init; }

    /// <summary>Until it is set; that is at the end of the test, which must not hang by it.</summary>
    public TaskCompletionSource LetGo { get; } = new();

    public IEnumerable<T> Of<T>() => Messages.OfType<T>();
}

public sealed class Listener(Heard heard) : IConsumer<Deposited>, IConsumer<CountChanged>
{
    public Task Consume(ConsumeContext<Deposited> context) => HearAsync(context.Message);

    public Task Consume(ConsumeContext<CountChanged> context) => HearAsync(context.Message);

    private async Task HearAsync(object message)
    {
        await heard.Open.Task;
        heard.Messages.Enqueue(message);
    }
}

public sealed class Answerer : IConsumer<Question>
{
    public Task Consume(ConsumeContext<Question> context) => context.RespondAsync(new Answer { Text = context.Message.Text });
}

public sealed class AnnouncedConsumer(Heard heard) : IConsumer<Announced>
{
    public Task Consume(ConsumeContext<Announced> context)
    {
        heard.Messages.Enqueue(context.Message);
        return Task.CompletedTask;
    }

    internal sealed class Definition : ConsumerDefinition<AnnouncedConsumer>
    {
        public Definition() => EndpointName = "announcements";

        protected override void ConfigureConsumer(IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<AnnouncedConsumer> consumerConfigurator, IRegistrationContext context)
        {
            endpointConfigurator.AcceptPlainJson();
            if (endpointConfigurator is IRabbitMqReceiveEndpointConfigurator queue && context.GetRequiredService<Heard>() is { Clings: not Clinging.Never } heard)
                queue.ConfigureChannel(channel => channel.UseFilter(new ClingingFilter(heard.Clings, heard)));
        }
    }
}
