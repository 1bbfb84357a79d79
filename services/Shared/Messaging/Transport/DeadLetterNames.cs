using MassTransit;

namespace Sparsify.Messaging;

/// <summary>A message that cannot be handled goes to the dead-letter queue beside the queue it came from, with the reason in its headers.</summary>
internal sealed class DeadLetterNames : IErrorQueueNameFormatter, IDeadLetterQueueNameFormatter
{
    public string FormatErrorQueueName(string queueName) => $"{queueName}.dead-letter";

    public string FormatDeadLetterQueueName(string queueName) => $"{queueName}.skipped";
}
