using Capacity.Curves;
using Capacity.Simulation;
using TestKit;

namespace Benchmarks.Tests.Capacity.Curves;

public sealed class BenchmarkReportTests
{
    private const string Text = """
        {"machine": {"processor": "A Processor", "cores": 2, "commit": "abc"},
         "details": {
          "cold start": {},
          "saturation resnet18_swsl": [
            {"ceilings": {"cores": 2, "prepareMs": 9, "raw": [{"concurrency": 1, "batch": 1, "medianMs": 90}]}},
            {"ceilings": {"cores": 2, "prepareMs": 2, "raw": [
              {"concurrency": 1, "batch": 1, "medianMs": 10}, {"concurrency": 1, "batch": 4, "medianMs": 32},
              {"concurrency": 1, "batch": 8, "medianMs": 64}, {"concurrency": 2, "batch": 1, "medianMs": 17}]}},
            {"ceilings": {"cores": 2, "prepareMs": 1, "raw": [{"concurrency": 1, "batch": 1, "medianMs": 9}]}}]}}
        """;

    [Fact]
    public void Read_TakesTheMedianRound_TheBetterArrangement_AndOnlyBatchesThatPay()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("2026-01-01-a.json"), "not the newest");
        File.WriteAllText(folder.File("2026-01-02-a.json"), Text);

        ReplicaProfile profile = Assert.Single(BenchmarkReport.Read(BenchmarkReport.Newest(folder.Path)!, 0.05));

        BatchCurve curve = profile.Replica.Curve;
        Assert.Equal((2.0, 4), (profile.Replica.PrepareMs, curve.MaxBatch));
        Assert.Equal((10.0, 17.0, 32.0), (curve[1], curve[2], curve[4]));
        Assert.Equal(0.1, profile.PricePerHour, 1e-12);
        Assert.Contains("A Processor", profile.Source, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoReport_SaysSo()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("a.json"), "{}");
        Assert.Throws<InvalidDataException>(() => BenchmarkReport.Read(folder.File("a.json"), 0.05));
        Assert.Null(BenchmarkReport.Newest(Path.Combine(folder.Path, "none")));
    }
}
