using MassTransit;
using Sparsify.Contracts;

namespace Sparsify.Platform.Tests.Hosting;

/// <summary>What an upstream system hears.</summary>
internal sealed class Published
{
    private readonly MessageLog _messages = new();

    public IEnumerable<T> Of<T>() => _messages.Of<T>();

    internal sealed class Consumer(Published published) :
        IConsumer<SparsifyDiskAccepted>, IConsumer<SparsifyDiskRejected>, IConsumer<SparsifyDiskSkipped>, IConsumer<SparsifyDiskCompleted>, IConsumer<SparsifyDiskFailed>,
        IConsumer<SparsifyDiskCanceled>, IConsumer<SparsifyDiskNeedsAttention>, IConsumer<DiskRepaired>, IConsumer<SparsifyDiskConflict>, IConsumer<DiskUnlocked>, IConsumer<SparsifyNeeded>, IConsumer<SparsifyNeedCleared>
    {
        public Task Consume(ConsumeContext<SparsifyDiskAccepted> context) => Hear(context);

        public Task Consume(ConsumeContext<SparsifyDiskRejected> context) => Hear(context);

        public Task Consume(ConsumeContext<SparsifyDiskSkipped> context) => Hear(context);

        public Task Consume(ConsumeContext<SparsifyDiskCompleted> context) => Hear(context);

        public Task Consume(ConsumeContext<SparsifyDiskFailed> context) => Hear(context);

        public Task Consume(ConsumeContext<SparsifyDiskCanceled> context) => Hear(context);

        public Task Consume(ConsumeContext<SparsifyDiskNeedsAttention> context) => Hear(context);

        public Task Consume(ConsumeContext<DiskRepaired> context) => Hear(context);

        public Task Consume(ConsumeContext<SparsifyDiskConflict> context) => Hear(context);

        public Task Consume(ConsumeContext<DiskUnlocked> context) => Hear(context);

        public Task Consume(ConsumeContext<SparsifyNeeded> context) => Hear(context);

        public Task Consume(ConsumeContext<SparsifyNeedCleared> context) => Hear(context);

        private Task Hear<T>(ConsumeContext<T> context)
            where T : class
        {
            published._messages.Add(context);
            return Task.CompletedTask;
        }
    }
}
