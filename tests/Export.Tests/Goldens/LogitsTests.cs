using System.Runtime.InteropServices;
using Export.Architectures;
using Export.Conversion;
using Export.Onnx;
using Export.Tests.Oracle;
using Export.Tests.Writers;
using Microsoft.ML.OnnxRuntime;
using TestKit;

namespace Export.Tests.Goldens;

/// <summary>Logits of all six published architectures against PyTorch 1.13, with weights from a formula both sides compute.</summary>
public sealed class LogitsTests
{
    private const int Classes = 1000;

    [Theory]
    [InlineData("resnet18")]
    [InlineData("resnet50")]
    [InlineData("resnext50_32x4d")]
    [InlineData("resnext101_32x4d")]
    [InlineData("resnext101_32x8d")]
    [InlineData("resnext101_32x16d")]
    public void Logits_OfFormulaWeights_EqualPyTorchAtBatchOneAndFive(string name)
    {
        float[] expected = Golden(Path.Combine(Fixtures.RepositoryRoot, "tests", "Export.Tests", "Goldens"), name);
        using TemporaryFolder folder = new();
        ResNetArchitecture architecture = ResNetNames.Find(name, Classes)!;
        string path = folder.File("model.onnx");
        using (FileStream file = File.Create(path))
        {
            new OnnxWriter(new OnnxFile(ResNetGraph.Build(architecture, new FormulaWeights(architecture), 224), "test", "1", []))
                .Write(file);
        }

        float[] images = FormulaWeights.Images(5);
        using InferenceSession session = new(path);
        float[] actual = [.. Run(session, images[..(3 * 224 * 224)], 1), .. Run(session, images, 5)];
        float largest = expected.Max(Math.Abs);
        float difference = expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max();
        Assert.True(difference <= 1e-4f * largest, $"{name}: max abs difference {difference}, largest logit {largest}");
        Assert.True(expected[Classes..(2 * Classes)].Zip(expected[(2 * Classes)..], (a, b) => Math.Abs(a - b)).Max() > 50 * difference,
            "The images are too much alike to tell rows apart.");
    }

    [TorchFact]
    public void CommittedGoldens_RemadeByPyTorchHere_AreTheSame()
    {
        using TemporaryFolder folder = new();
        string goldens = Path.Combine(Fixtures.RepositoryRoot, "tests", "Export.Tests", "Goldens");
        string[] names = ["resnet18", "resnet50", "resnext50_32x4d"];
        _ = Torch.Run([Path.Combine(goldens, "make_goldens.py"), folder.Path, .. names]);
        foreach (string name in names)
        {
            float[] committed = Golden(goldens, name), remade = Golden(folder.Path, name);
            float largest = committed.Max(Math.Abs);
            Assert.All(committed.Zip(remade), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 2e-5f * largest));
        }
    }

    private static float[] Golden(string folder, string name)
    {
        float[] logits = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(folder, name + ".logits.f32"))).ToArray();
        Assert.Equal(6 * Classes, logits.Length);
        return logits;
    }

    private static float[] Run(InferenceSession session, float[] images, int batch)
    {
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(images, [batch, 3, 224, 224]);
        using RunOptions options = new();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(options, ["input"], [input], ["logits"]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
