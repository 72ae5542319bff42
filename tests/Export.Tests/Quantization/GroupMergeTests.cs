using Export.Quantization;

namespace Export.Tests.Quantization;

public sealed class GroupMergeTests
{
    [Theory]
    [InlineData(128, 4, 32, 8)]
    [InlineData(256, 8, 32, 4)]
    [InlineData(1024, 32, 32, 1)]
    [InlineData(64, 64, 1, 1)]
    [InlineData(24, 8, 3, 1)]
    [InlineData(48, 8, 6, 2)]
    public void Groups_AreMergedByTwos_UntilTheyAreWide(int outputs, int channels, int groups, int factor) =>
        Assert.Equal(factor, GroupMerge.Of(outputs, channels, groups, 9).Factor);

    [Fact]
    public void Merged_ComputesTheSame()
    {
        const int Outputs = 64, Channels = 4, Groups = 16, Taps = 9;
        GroupMerge merge = GroupMerge.Of(Outputs, Channels, Groups, Taps);
        Assert.Equal((8, 2, Channels * 8 * Taps), (merge.Factor, merge.MergedGroups, merge.MergedRow));
        Random random = new(1);
        int[] input = [.. Enumerable.Range(0, Groups * Channels * Taps).Select(_ => random.Next(256))];
        for (int output = 0; output < Outputs; output++)
        {
            sbyte[] row = [.. Enumerable.Range(0, Channels * Taps).Select(_ => (sbyte)random.Next(-127, 128))];
            sbyte[] wide = [.. Enumerable.Repeat((sbyte)99, merge.MergedRow)];
            merge.Widen(output, row, wide);
            int own = output / (Outputs / Groups) * row.Length, merged = output / (Outputs / merge.MergedGroups) * wide.Length;
            Assert.Equal(
                row.Select(
                    (weight, index) =>
                        weight * input[own + index]).Sum(), wide.Select((weight, index) => weight * input[merged + index]).Sum());
        }
    }
}
