using Benchmarks.Load.Measurement;

namespace Benchmarks.Tests.Load.Measurement;

public sealed class SpreadTests
{
    [Fact]
    public void Of_OneSpoiltRound_LeavesTheMedianAndShowsInTheRange()
    {
        var spread = Spread.Of([0.96, 0.41, 0.95]);

        Assert.Equal(0.95, spread.Median);
        Assert.Equal("3 rounds, ratio 0.41 to 0.96", spread.ToString());
    }
}
