using Sparsify.Contracts;
using Sparsify.HostWorker.Tests.Jobs;
using Sparsify.Testing.Platforms;
using Xunit;

namespace Sparsify.HostWorker.Tests.Presence;

/// <summary>Whether a running worker asks for work.</summary>
internal static class Claiming
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    extension(RunningWorker worker)
    {
        /// <summary>Waits until it claims, and says so.</summary>
        public async Task ClaimsAsync()
        {
            var (claims, heartbeats) = (worker.Told.Claims.Count, worker.Told.Heartbeats.Count);
            await UntilAsync(() => worker.Told.Claims.Count > claims, "it claims");
            await UntilAsync(() => worker.Told.Heartbeats.Skip(heartbeats).LastOrDefault() is { NotClaimingBecause: null }, "it says that it claims");
        }

        /// <summary>Waits until it says why it claims nothing, and sees that it claims nothing, although it is told of work.</summary>
        public async Task ClaimsNothingAsync(string because)
        {
            // A claim of just before may be under way when it first says so, and not when it says anything after that.
            await UntilAsync(() => worker.Told.Heartbeats.SkipWhile(h => !Says(h)).Skip(1).Any(), $"it claims nothing, since: {because}");
            var (claims, heartbeats) = (worker.Told.Claims.Count, worker.Told.Heartbeats.Count);
            for (var i = 1; i <= 3; i++)
            {
                await worker.TellAsync(new VolumeJobOffered { StorageDomain = Worker.Domain });
                await UntilAsync(() => worker.Told.Heartbeats.Count >= heartbeats + i, "it lives");
            }

            Assert.All(worker.Told.Heartbeats.Skip(heartbeats), h => Assert.NotNull(h.NotClaimingBecause));
            Assert.Equal(claims, worker.Told.Claims.Count);

            bool Says(HostHeartbeat heartbeat) => heartbeat.NotClaimingBecause?.StartsWith(because, StringComparison.Ordinal) == true;
        }
    }

    private static Task<bool> UntilAsync(Func<bool> holds, string what) => PlatformClient.UntilAsync(() => Task.FromResult(holds() ? true : (bool?)null), Limit, () => what);
}
