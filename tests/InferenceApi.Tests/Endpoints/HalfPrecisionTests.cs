using Export;
using Export.Onnx;
using Imaging;
using InferenceApi.Classification;
using InferenceApi.Runtime;
using InferenceApi.Runtime.Providers;
using Microsoft.Extensions.Logging.Abstractions;
using ModelStore;
using TestKit;

namespace InferenceApi.Tests.Endpoints;

/// <summary>What float16 costs in faith: real weights, real photographs, ONNX Runtime's CPU provider on both sides.</summary>
public sealed class HalfPrecisionTests
{
    [SharedFact]
    public async Task RealResNet18_InFp16_AgreesOnThePhotographs()
    {
        using var folder = new TemporaryFolder();
        var store = new StoreFolder(folder.Path);
        using var client = new HttpClient();
        var exporter = ModelExporter.Create(store, client);
        var request = new ExportRequest { Name = "real", Checkpoint = Fixtures.Weights("resnet18_real.pth")! };
        InstalledModel single = (await exporter.ExportAsync(request)).Model;
        InstalledModel half = (await exporter.ExportAsync(request with { Name = "real_fp16", Precision = Precision.Fp16 })).Model;
        var options = new RuntimeOptions { Sessions = 1, MaxBatch = 1 };
        using IModelInstance exact = NetworkOpener.Open(single, options.For(ExecutionProvider.Cpu), NullLogger.Instance).Instances[0];
        using IModelInstance rounded = NetworkOpener.Open(half, options.For(ExecutionProvider.Cpu), NullLogger.Instance).Instances[0];
        var preprocessor = new ImagePreprocessor(new ImagingOptions());

        int agreed = 0;
        double worst = 0;
        string[] photographs = [.. File.ReadAllLines(Fixtures.Weights("resnet18_real.top5.csv")!)[1..].Select(line => line.Split(',')[0])];
        foreach (string photograph in photographs)
        {
            using PreparedImage image =
                preprocessor.Preprocess(await File.ReadAllBytesAsync(Fixtures.Image(photograph)!), single.Manifest.Preprocessing, out _);
            Prediction[] expected = Answer(exact, image), actual = Answer(rounded, image);
            if (expected[0].Index == actual[0].Index) agreed++;
            var probabilities = actual.ToDictionary(prediction => prediction.Index, prediction => prediction.Probability);
            worst = Math.Max(worst, expected.Max(prediction => Math.Abs(prediction.Probability - probabilities[prediction.Index])));
        }

        Console.WriteLine($"fp16 on {photographs.Length} photographs: top-1 agrees on {agreed}, max abs probability difference {worst:e2}");
        Assert.Equal(101, photographs.Length);
        Assert.InRange(agreed, 100, 101);
        // Measured: 0.025. Zero would mean that nothing was rounded.
        Assert.InRange(worst, 1e-9, 0.05);
    }

    private static Prediction[] Answer(IModelInstance session, PreparedImage image)
    {
        image.Memory.Span.CopyTo(session.InputRow(0).Span);
        session.Run(1);
        return TopPredictions.Rank(session.OutputRow(0), session.Classes);
    }
}
