using System.Net;
using System.Text.Json;
using Sparsify.Testing.Disks;
using Sparsify.Testing.Platforms;
using Xunit;

namespace Sparsify.EndToEnd.Tests;

/// <summary>One operation on one disk, from the request to its end.</summary>
internal static class Operations
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    extension(TestPlatform platform)
    {
        /// <summary>Has it accepted.</summary>
        public async Task<Guid> SparsifyAsync(TestDisk disk)
        {
            var (status, operation) = await platform.Client.SparsifyAsync((await platform.Client.DiskAsync(disk.Name)).Id());
            Assert.Equal(HttpStatusCode.Accepted, status);
            return operation.Id();
        }

        /// <summary>Waits for its end, and checks that the disk is smaller, whole and unlocked.</summary>
        public async Task<JsonElement> CompletedAsync(TestDisk disk, Guid operation)
        {
            var done = await platform.Client.OperationInAsync(operation, Limit);
            Assert.True(done.Text("state") == "Completed", $"{done}\n{platform.Logs}");
            Assert.InRange(disk.AllocatedBytes, 1, disk.FilledBytes - TestDisk.DeadBytes);
            await platform.Client.DiskAsync(disk.Name, d => d.IsNull("operationId"));
            await disk.VerifyAsync();
            return done;
        }
    }
}
