using Sparsify.Contracts;
using Sparsify.HostWorker.Repairs;
using Xunit;

namespace Sparsify.HostWorker.Tests.Volumes;

public sealed class VitalBytesTests
{
    [Theory]
    [InlineData('a', 1)]
    [InlineData('\x01', 6)]
    [InlineData('\uFFFD', 3)]
    public void What_they_take_in_a_message_is_counted_there(char filler, int bytes)
    {
        var vital = new VitalBytes { SwapHeaders = [new VitalSwapHeader("/dev/sda1", new byte[4096])], VolumeGroups = [new VitalVolumeGroup("vg", new string(filler, 1000))] };
        var base64 = 4096 * 4 / 3;
        Assert.InRange(vital.MessageSize(), base64 + (1000 * bytes), base64 + (1000 * bytes) + 1000);
    }
}
