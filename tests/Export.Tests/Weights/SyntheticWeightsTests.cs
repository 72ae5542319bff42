using Export.Architectures;
using Export.Weights;

namespace Export.Tests.Weights;

public sealed class SyntheticWeightsTests
{
    private static readonly ResNetArchitecture Architecture = ResNetNames.Find("resnet50", 1000)!;

    [Fact]
    public void Read_InPieces_GivesTheSameAsAtOnce()
    {
        SyntheticWeights weights = new(Architecture, 3);
        float[] whole = weights.ReadAll("layer1.0.conv2.weight", 64 * 64 * 9), piece = new float[100];
        weights.Read("layer1.0.conv2.weight", 12_345, piece);
        Assert.Equal(whole[12_345..12_445], piece);
    }

    [Fact]
    public void Read_OtherSeedOrTensor_GivesOtherValues()
    {
        float[] values = new SyntheticWeights(Architecture, 3).ReadAll("conv1.weight", 64);
        Assert.NotEqual(values, new SyntheticWeights(Architecture, 4).ReadAll("conv1.weight", 64));
        Assert.NotEqual(values, new SyntheticWeights(Architecture, 3).ReadAll("layer1.0.conv1.weight", 64));
    }

    [Fact]
    public void Read_Variances_ArePositive() =>
        Assert.All(new SyntheticWeights(Architecture, 3).ReadAll("bn1.running_var", 64), value => Assert.InRange(value, 0.5f, 1.5f));
}
