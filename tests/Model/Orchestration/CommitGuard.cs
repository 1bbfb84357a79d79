using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Sparsify.Model.Orchestration;

/// <summary>Lets the next commit fail, when told to.</summary>
internal sealed class CommitGuard : DbTransactionInterceptor
{
    public bool FailsNext { get; set; }

    public override ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
        FailsNext ? throw new CommitFailedException() : ValueTask.FromResult(result);
}
