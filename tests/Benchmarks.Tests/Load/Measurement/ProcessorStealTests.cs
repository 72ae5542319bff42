using Benchmarks.Load.Measurement;

namespace Benchmarks.Tests.Load.Measurement;

public sealed class ProcessorStealTests
{
    [Fact]
    public void PartSince_CountsStolenTimeAmongAllTime()
    {
        ProcessorSteal before = ProcessorSteal.Parse("cpu  100 0 50 800 10 0 5 35 7 0")!.Value;
        ProcessorSteal after = ProcessorSteal.Parse("cpu  150 0 60 820 10 0 5 55 57 0")!.Value;

        // 20 of 100; guest time (the last two) is within user time already.
        Assert.Equal(0.2, after.PartSince(before), 1e-12);
        Assert.Equal(0, after.PartSince(after));
    }

    [Theory]
    [InlineData("cpu  1 2 3 4")]
    [InlineData("intr 1 2 3 4 5 6 7 8 9")]
    public void Parse_KernelThatDoesNotTell_IsNull(string line) => Assert.Null(ProcessorSteal.Parse(line));
}
