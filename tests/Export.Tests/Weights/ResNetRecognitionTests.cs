using Export.Architectures;
using Export.Checkpoints;
using Export.Tests.Writers;
using Export.Weights;
using TestKit;

namespace Export.Tests.Weights;

public sealed class ResNetRecognitionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("resnet18", 10)]
    [InlineData("resnet34", 1000)]
    [InlineData("resnet50", 1)]
    [InlineData("resnet101", 7)]
    [InlineData("resnet152", 1000)]
    [InlineData("wide_resnet50_2", 1000)]
    [InlineData("wide_resnet101_2", 1000)]
    [InlineData("resnext50_32x4d", 365)]
    [InlineData("resnext101_64x4d", 1000)]
    [InlineData("resnext152_32x8d", 21_841)]
    [InlineData("resnet_basic_1-1-1-1", 2)]
    [InlineData("resnet_bottleneck_1-2-2-1_4x16d", 5)]
    public void Recognise_AnyMemberOfTheFamily_FromNamesAndShapes(string name, int classes)
    {
        TensorShape[] tensors = [.. ResNetNames.Find(name, classes)!.Tensors, new("bn1.num_batches_tracked", [1])];
        ResNetArchitecture found = Recognise(tensors, "module.");
        Assert.Equal((name, classes), (found.Name, found.Classes));
    }

    [Theory]
    [InlineData("missing", "tensor 'layer2.0.bn1.running_mean' is missing, expected [128]")]
    [InlineData("extra", "'layer2.0.se.weight' [8, 128] does not belong to it")]
    [InlineData("renamed",
        "'layer3.1.conv2.weight' is missing, expected [256, 256, 3, 3]; found 'old.layer3.1.conv2.weight' [256, 256, 3, 3] instead")]
    [InlineData("misshapen", "'layer4.0.downsample.0.weight' is [512, 256, 3, 3], expected [512, 256, 1, 1]")]
    [InlineData("small stem", "'conv1.weight' is [64, 3, 3, 3], expected [64, 3, 7, 7]")]
    [InlineData("grayscale", "'conv1.weight' is [64, 1, 7, 7], expected [64, 3, 7, 7]")]
    [InlineData("no head", "tensor 'fc.weight' is missing")]
    [InlineData("head without bias", "tensor 'fc.bias' is missing, expected [10]")]
    [InlineData("endless stage", "'layer1.999999999.conv1.weight' does not belong to a ResNet")]
    [InlineData("whole block missing", "tensor 'layer1.0.conv1.weight' is missing")]
    public void Recognise_NetworkWithADifference_NamesTheFirstTensor(string change, string reason)
    {
        List<TensorShape> tensors = [.. ResNetNames.Find("resnet18", 10)!.Tensors];
        switch (change)
        {
            case "missing": tensors.RemoveAll(tensor => tensor.Name == "layer2.0.bn1.running_mean"); break;
            case "extra": tensors.Add(new("layer2.0.se.weight", [8, 128])); break;
            case "renamed": Replace(tensors, "layer3.1.conv2.weight", new("old.layer3.1.conv2.weight", [256, 256, 3, 3])); break;
            case "misshapen":
                Replace(
                tensors, "layer4.0.downsample.0.weight", new("layer4.0.downsample.0.weight", [512, 256, 3, 3])); break;
            case "small stem": Replace(tensors, "conv1.weight", new("conv1.weight", [64, 3, 3, 3])); break;
            case "grayscale": Replace(tensors, "conv1.weight", new("conv1.weight", [64, 1, 7, 7])); break;
            case "no head": tensors.RemoveAll(tensor => tensor.Name.StartsWith("fc.", StringComparison.Ordinal)); break;
            case "head without bias": tensors.RemoveAll(tensor => tensor.Name == "fc.bias"); break;
            case "endless stage": tensors.Add(new("layer1.999999999.conv1.weight", [1])); break;
            default: tensors.RemoveAll(tensor => tensor.Name.StartsWith("layer1.0.", StringComparison.Ordinal)); break;
        }

        Assert.Contains(reason, Assert.Throws<WeightsException>(() => Recognise(tensors, "")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("resnet18", 11_689_512)]
    [InlineData("resnet34", 21_797_672)]
    [InlineData("resnet152", 60_192_808)]
    [InlineData("wide_resnet50_2", 68_883_240)]
    [InlineData("resnext101_64x4d", 83_455_272)]
    [InlineData("resnext101_32x16d", 194_026_792)]
    public void Parameters_OfKnownNetworks_AreTorchvisions(string name, long parameters) =>
        Assert.Equal(parameters, ResNetNames.Find(name, 1000)!.Parameters);

    [Theory]
    [InlineData("resnet19")]
    [InlineData("resnext18_32x4d")]
    [InlineData("resnet_basic_1-1-1")]
    [InlineData("resnet_basic_0-1-1-1")]
    [InlineData("../resnet18")]
    public void Find_NameOfNoMember_IsNull(string name) => Assert.Null(ResNetNames.Find(name, 10));

    private ResNetArchitecture Recognise(IReadOnlyList<TensorShape> tensors, string prefix)
    {
        string path = _folder.File("network.pth");
        NetworkFile.WriteLegacy(path, tensors, prefix: prefix, wrapper: prefix.Length > 0 ? "state_dict" : null);
        using Checkpoint checkpoint = Checkpoint.Open(path);
        return ResNetRecognition.Recognise(checkpoint);
    }

    private static void Replace(List<TensorShape> tensors, string name, TensorShape other) =>
        tensors[tensors.FindIndex(tensor => tensor.Name == name)] = other;
}
