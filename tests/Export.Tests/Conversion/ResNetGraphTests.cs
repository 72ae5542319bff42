using Export.Architectures;
using Export.Conversion;
using Export.Onnx;
using Export.Weights;

namespace Export.Tests.Conversion;

/// <summary>The counts that PyTorch 1.13's own exporter gives for the same networks.</summary>
public sealed class ResNetGraphTests
{
    [Theory]
    [InlineData("resnet18", 49, 20, 17, 8, 42, 11_684_712)]
    [InlineData("resnet50", 122, 53, 49, 16, 108, 25_530_472)]
    [InlineData("resnext50_32x4d", 122, 53, 49, 16, 108, 24_994_792)]
    [InlineData("resnext101_32x4d", 241, 104, 100, 33, 210, 44_108_776)]
    [InlineData("resnext101_32x8d", 241, 104, 100, 33, 210, 88_689_896)]
    [InlineData("resnext101_32x16d", 241, 104, 100, 33, 210, 193_860_328)]
    [InlineData("resnext101_32x32d", 241, 104, 100, 33, 210, 468_233_960)]
    [InlineData("resnext101_32x48d", 241, 104, 100, 33, 210, 827_984_616)]
    public void Build_PublishedArchitecture_HasPyTorchsCounts(
        string name, int nodes, int convolutions, int relus, int sums, int initializers, long floats)
    {
        OnnxGraph graph = Build(name);
        Assert.Equal((nodes, initializers), (graph.Nodes.Count, graph.Initializers.Count));
        Assert.Equal((convolutions, relus, sums), (Count(graph, "Conv"), Count(graph, "Relu"), Count(graph, "Add")));
        Assert.All(["MaxPool", "GlobalAveragePool", "Flatten", "Gemm"], type => Assert.Equal(1, Count(graph, type)));
        Assert.Equal(4 * floats, graph.Initializers.Sum(tensor => tensor.Bytes));
    }

    [Fact]
    public void Build_AnyNetwork_ComputesEveryValueBeforeItIsUsed()
    {
        OnnxGraph graph = Build("resnext50_32x4d");
        HashSet<string> known = ["input", .. graph.Initializers.Select(tensor => tensor.Name)];
        foreach (OnnxNode node in graph.Nodes)
        {
            Assert.All(node.Inputs, input => Assert.Contains(input, known));
            Assert.True(known.Add(node.Output));
        }

        Assert.Contains("logits", known);
        Assert.Equal(graph.Nodes.Count, graph.Nodes.Select(node => node.Name).Distinct().Count());
    }

    private static OnnxGraph Build(string name)
    {
        ResNetArchitecture architecture = ResNetNames.Find(name, 1000)!;
        return ResNetGraph.Build(architecture, new SyntheticWeights(architecture, 1), 224);
    }

    private static int Count(OnnxGraph graph, string type) => graph.Nodes.Count(node => node.Type == type);
}
