using Capacity.Simulation;

namespace Benchmarks.Tests.Capacity.Simulation;

public sealed class BestArrangementTests
{
    private static readonly Dictionary<int, double> None = [];

    [Fact]
    public void Envelope_TakesTheFasterArrangementForEachNumber()
    {
        // A lone image is faster on both cores; two are faster on a core each; eight gain from one large batch.
        BatchCurve curve = BestArrangement.Envelope(
            new Dictionary<int, double> { [1] = 30, [2] = 56, [8] = 150 }, new Dictionary<int, double> { [1] = 44 }, runners: 2);

        Assert.Equal((30, 44, 150), (curve[1], curve[2], curve[8]));
        Assert.Equal(56 + ((150 - 56) / 6.0), curve[3], 1e-9); // before the second round of one thread an image ends at 88
        Assert.Equal(8, curve.MaxBatch);
    }

    [Fact]
    public void Envelope_SpreadImages_TakeAsManyRoundsAsTheFullestRunner()
    {
        BatchCurve curve = BestArrangement.Envelope(
            new Dictionary<int, double> { [1] = 10, [6] = 100 }, new Dictionary<int, double> { [1] = 15, [3] = 40 }, runners: 2);

        // Six images are three a runner: one batch of three (40) beats three rounds (45), and 6/40 pays beside 2/15.
        Assert.Equal((15, 40), (curve[2], curve[6]));
    }

    [Fact]
    public void Envelope_LargerBatchesThatGainNothing_AreLeftOut()
    {
        // Waiting for neighbours would only make the first of them late.
        BatchCurve curve = BestArrangement.Envelope(
            new Dictionary<int, double> { [1] = 25, [16] = 400 }, new Dictionary<int, double> { [1] = 44, [8] = 351 }, runners: 2);

        Assert.Equal(2, curve.MaxBatch);
        Assert.Equal(44, curve[2]);
    }

    [Fact]
    public void Envelope_OneCore_IsTheCurveOfOneRun()
    {
        BatchCurve curve = BestArrangement.Envelope(new Dictionary<int, double> { [1] = 10, [2] = 16 }, None, runners: 1);

        Assert.Equal((10, 16, 2), (curve[1], curve[2], curve.MaxBatch));
    }

    [Fact]
    public void Envelope_MoreCoresThanTheLargestBatch_SpreadsOverAllOfThem()
    {
        BatchCurve curve = BestArrangement.Envelope(
            new Dictionary<int, double> { [1] = 10, [2] = 20 }, new Dictionary<int, double> { [1] = 40 }, runners: 16);

        Assert.Equal((16, 40), (curve.MaxBatch, curve[16]));
    }
}
