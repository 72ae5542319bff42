using System.Diagnostics;
using Export.Checkpoints;

namespace Export.Tests.Checkpoints;

public sealed class StateDictionaryTests
{
    [Fact]
    public void SharedPrefixes_AreDropped_InAnyOrderAndNumber() =>
        Assert.Equal(["conv1.weight", "model.fc.bias"],
            StateDictionary.PlainNames(["net.module.model.conv1.weight", "net.module.model.model.fc.bias"]));

    [Theory]
    [InlineData(512, true)]
    [InlineData(513, false)]
    public void NameOf512Characters_IsTheLongest(int length, bool accepted)
    {
        string name = new('x', length);
        if (accepted) Assert.Equal([name], StateDictionary.PlainNames([name]));
        else Assert.Contains("has 513 characters", Assert.Throws<CheckpointException>(() => StateDictionary.PlainNames([name])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void AMillionPrefixes_CostNoTime()
    {
        string name = string.Concat(Enumerable.Repeat("net.", 1_000_000)) + "x";
        long began = Stopwatch.GetTimestamp();
        Assert.Throws<CheckpointException>(() => StateDictionary.PlainNames([name, name]));
        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void AsManyNamesAndPrefixesAsAreAccepted_CostNoTime()
    {
        string prefix = string.Concat(Enumerable.Repeat("net.", 125));
        string[] names = [.. Enumerable.Range(0, StateDictionary.MaxTensors).Select(index => $"{prefix}{index}")];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("4095", StateDictionary.PlainNames(names)[^1]);
        // One copy for each prefix would be 125 of them: 280 MB.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }
}
