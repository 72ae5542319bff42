using Export.Architectures;
using Export.Commands;
using Export.Conversion;
using Export.Downloads;
using Export.Onnx;
using Export.Tests.Writers;
using ModelStore;
using TestKit;

namespace Export.Tests;

/// <summary>fp16 variants: the graph, the name, the manifest, and that they stand beside the fp32 model.</summary>
public sealed class HalfPrecisionTests
{
    [Fact]
    public void Graph_IsHalfInside_AndSingleAtBothEnds()
    {
        ResNetArchitecture architecture = ResNetNames.Find("resnet18", 1000)!;
        OnnxGraph graph = ResNetGraph.Build(architecture, new FormulaWeights(architecture), 224, Precision.Fp16);

        Assert.Equal(["Cast", "Conv"], graph.Nodes.Take(2).Select(node => node.Type));
        Assert.Equal(["Gemm", "Cast"], graph.Nodes.TakeLast(2).Select(node => node.Type));
        Assert.Equal(2, graph.Nodes.Count(node => node.Type == "Cast"));
        Assert.Equal("logits", graph.Nodes[^1].Output);
        Assert.All(graph.Initializers, tensor => Assert.Equal(OnnxElementType.Float16, tensor.Type));
        Assert.Equal(2L * 11_684_712, graph.Initializers.Sum(tensor => tensor.Bytes));
        HashSet<string> known = ["input", .. graph.Initializers.Select(tensor => tensor.Name)];
        Assert.All(graph.Nodes, node => Assert.True(node.Inputs.All(known.Contains) && known.Add(node.Output)));
    }

    [Fact]
    public async Task Variant_IsInstalledBesideTheModel()
    {
        using var folder = new TemporaryFolder();
        var store = new StoreFolder(folder.Path);
        using HttpClient client = CheckpointDownload.CreateClient();
        ModelExporter exporter = ModelExporter.Create(store, client);
        var arguments = new ExportArguments { Models = ["resnet_basic_1-1-1-1"], Synthetic = true };
        ExportReport single = await exporter.ExportAsync(Assert.Single(arguments.Requests()));
        ExportReport half = await exporter.ExportAsync(Assert.Single((arguments with { Precision = "fp16" }).Requests()));

        Assert.Equal(("resnet_basic_1-1-1-1_fp16", "fp16"), (half.Model.Manifest.Name, half.Model.Manifest.Precision));
        Assert.Equal(("fp32", null), (single.Model.Manifest.Precision, single.Model.Manifest.Agreement));
        PrecisionAgreement agreement = store.Latest("resnet_basic_1-1-1-1_fp16")!.Manifest.Agreement!;
        Assert.Equal((16, "generated"), (agreement.Images, agreement.Source));
        Assert.InRange(agreement.Top1, 0.5, 1);
        Assert.InRange(agreement.MaxProbabilityDifference, 1e-12, 0.1);
        Assert.Equal(["labels.csv", "manifest.json", "model.onnx"],
            Directory.GetFiles(Path.GetDirectoryName(half.Model.ModelPath)!).Select(path => Path.GetFileName(path)).Order());
        Assert.InRange(half.Model.Manifest.Model.Bytes, single.Model.Manifest.Model.Bytes * 0.49, single.Model.Manifest.Model.Bytes * 0.51);
        Assert.False((await exporter.ExportAsync(Assert.Single((arguments with { Precision = "fp16" }).Requests()))).Installed);
    }

    [Fact]
    public void Requests_WithAName_KeepIt()
    {
        ExportRequest request = Assert.Single(new ExportArguments { Name = "birds", Checkpoint = "b.pth", Precision = "fp16" }.Requests());
        Assert.Equal(("birds", Precision.Fp16), (request.Name, request.Precision));
        ExportRequest published = Assert.Single(new ExportArguments { Models = ["resnet50_swsl"], Precision = "fp16" }.Requests());
        Assert.Equal(("resnet50_swsl_fp16", "resnet50_swsl"), (published.Name, published.Entry!.Name));
        Assert.Contains("fp32, fp16 or int8",
            Assert.Throws<UsageException>(() => new ExportArguments { All = true, Precision = "int4" }.Requests()).Message);
    }
}
