using Benchmarks.Ceilings;

namespace Benchmarks.Tests.Ceilings;

public sealed class CeilingFiguresTests
{
    [Fact]
    public void BestWay_IsTheSteadiestBest_NotTheLuckiest()
    {
        CeilingFigures[] rounds = [Round(40, 44), Round(60, 45), Round(41, 43)];

        Assert.Equal((2, 1), CeilingFigures.BestWay(rounds));
    }

    [Fact]
    public void Saturation_SharesTheCoresBetweenPreparingAndRunning()
    {
        // 25 ms of both cores for the run, and 4 ms of one for preparing.
        Assert.Equal(1000 / (25 + 2.0), Round(40, 44).Saturation((1, 1)), 9);
    }

    private static CeilingFigures Round(double together, double apart) =>
        new(2, DecodeMs: 3, PrepareMs: 4, PrepareMedianMs: 4,
            [new RawRun(1, 1, 1000 / together, together), new RawRun(2, 1, 2000 / apart, apart)]);
}
