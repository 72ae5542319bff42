using Capacity.CommandLine;
using Capacity.Curves;

namespace Benchmarks.Tests.Capacity.Curves;

public sealed class RunningServiceTests
{
    private static readonly Uri Address = new("http://127.0.0.1:8080");

    [Fact]
    public void Parse_LoadedModel_GivesItsCurve()
    {
        CapacityOptions options = CapacityOptions.Parse(["--cores", "4", "--prepare-ms", "2.5", "--device", "gpu", "--price", "1"]);
        ReplicaProfile profile =
            RunningService.Parse("""{"name": "m", "batchLatency": [{"batch": 1, "milliseconds": 5}]}""", Address, options);

        Assert.Equal((4, 2.5, false, 5.0),
            (profile.Replica.Cores, profile.Replica.PrepareMs, profile.Replica.SharesCores, profile.Replica.Curve[1]));
        Assert.False(profile.IsAssumption);
    }

    [Theory]
    [InlineData("""{"name": "m"}""")]
    [InlineData("""{"batchLatency": []}""")]
    [InlineData("""{"batchLatency": 5}""")]
    [InlineData("<html>")]
    public void Parse_AnythingElse_SaysSo(string body) =>
        Assert.Throws<InvalidDataException>(() => RunningService.Parse(body, Address, CapacityOptions.Parse([])));
}
