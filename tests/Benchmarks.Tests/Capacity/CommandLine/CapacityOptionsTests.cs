using Capacity.CommandLine;
using Capacity.Simulation;

namespace Benchmarks.Tests.Capacity.CommandLine;

public sealed class CapacityOptionsTests
{
    [Fact]
    public void Parse_EverythingGiven_IsTaken()
    {
        CapacityOptions options = CapacityOptions.Parse(
            ["--rate", "5,7.5", "--p99", "80", "--balancer", "least-outstanding", "--seed", "9", "--curve", "a", "--curve", "b",
                "--images", "5000"]);

        Assert.Equal([5, 7.5], options.Rates);
        Assert.Equal((80, Balancer.LeastOutstanding, 9, 5000), (options.P99Ms, options.Balancer, options.Seed, options.Images));
        Assert.Equal(["a", "b"], options.Curves);
    }

    [Theory]
    [InlineData("--rate", "0")]
    [InlineData("--rate", "1,x")]
    [InlineData("--balancer", "magic")]
    [InlineData("--images", "1")]
    [InlineData("--p99", "NaN")]
    [InlineData("--service", "nowhere")]
    [InlineData("--speed", "11")]
    public void Parse_Wrong_NamesTheArgument(string key, string value) =>
        Assert.Contains(key, Assert.Throws<ArgumentException>(() => CapacityOptions.Parse([key, value])).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_MissingValue_IsRefused() => Assert.Throws<ArgumentException>(() => CapacityOptions.Parse(["--rate"]));
}
