using Export.Commands;
using Export.Downloads;
using Export.Onnx;
using Export.Tests.Pictures;
using Export.Verification;
using ModelStore;
using TestKit;

namespace Export.Tests;

/// <summary>int8 variants from the command's arguments to the store.</summary>
public sealed class Int8ExportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new(), _pictures = new();
    private readonly HttpClient _client = CheckpointDownload.CreateClient();

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
        _pictures.Dispose();
    }

    [Fact]
    public async Task Variant_IsInstalledBesideTheModel_WithItsAgreement()
    {
        PictureFolderTests.Fill(_pictures, 65);
        File.WriteAllText(_pictures.File("damaged.jpg"), "no picture");
        List<ExportStage> stages = [];
        ExportReport report = await ExportAsync(
            new ExportArguments
            {
                Models = ["resnet_basic_1-1-1-1"],
                Synthetic = true,
                Precision = "int8",
                Calibrate = _pictures.Path,
                AcceptAgreement = true,
            },
            stages);
        ModelManifest manifest = new StoreFolder(_folder.Path).Latest("resnet_basic_1-1-1-1_int8")!.Manifest;
        Assert.Equal("int8", manifest.Precision);
        Assert.Equal(65, manifest.Agreement!.Images + manifest.Agreement.Calibration!.Images);
        Assert.Equal(
            (
                "photographs", "photographs", 1), (
                    manifest.Agreement.Source, manifest.Agreement.Calibration.Source, manifest.Agreement.Calibration.Skipped));
        Assert.InRange(manifest.Agreement.MeanProbabilityDifference!.Value, 1e-9, 0.1);
        Assert.Contains(report.Warnings, warning => warning.Contains("damaged.jpg", StringComparison.Ordinal));
        Assert.Equal([ExportStage.Calibrate, ExportStage.Convert, ExportStage.Check, ExportStage.Compare], stages.Distinct());
        Assert.Equal(
            ["labels.csv", "manifest.json", "model.onnx"], Directory.GetFiles(
                Path.GetDirectoryName(report.Model.ModelPath)!).Select(path => Path.GetFileName(path)).Order());
        ModelFileVerifier.Verify(report.Model);
    }

    [Fact]
    public async Task Noise_IsOnlyTakenKnowingly()
    {
        ExportArguments arguments = new() { Models = ["resnet_basic_1-1-1-1"], Synthetic = true, Precision = "int8", Calibrate = "noise" };
        ExportException refused = await Assert.ThrowsAsync<ExportException>(() => ExportAsync(arguments, []));
        Assert.Contains("--accept-agreement", refused.Message, StringComparison.Ordinal);
        ExportReport accepted = await ExportAsync(arguments with { AcceptAgreement = true }, []);
        PrecisionAgreement agreement = accepted.Model.Manifest.Agreement!;
        Assert.Equal(("generated", "noise", true), (agreement.Source, agreement.Calibration!.Source, agreement.AcceptedBelowLimits));
        Assert.Contains(accepted.Warnings, warning => warning.Contains("no photographs", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("int8", null, false, "needs --calibrate")]
    [InlineData("fp32", "photos", false, "need --precision int8")]
    [InlineData("fp16", null, true, "need --precision int8")]
    public void Arguments_ThatMakeNoSense_AreRefused(string precision, string? calibrate, bool accept, string named)
    {
        ExportArguments arguments = new()
        {
            Models = ["resnet50_swsl"],
            Precision = precision,
            Calibrate = calibrate,
            AcceptAgreement = accept,
        };
        Assert.Contains(named, Assert.Throws<UsageException>(arguments.Requests).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arguments_NameTheVariant()
    {
        ExportRequest request = Assert.Single(
            new ExportArguments { Models = ["resnet50_swsl"], Precision = "int8", Calibrate = "photos" }.Requests());
        Assert.Equal(("resnet50_swsl_int8", Precision.Int8, "photos"), (request.Name, request.Precision, request.Calibrate));
    }

    /// <summary>Two thirds of the photographs calibrate, the others judge; about 15 s.</summary>
    [SharedFact]
    public async Task RealWeights_OnRealPhotographs_KeepTheirAnswers()
    {
        PrecisionAgreement agreement = (await ExportAsync(
            new ExportArguments
            {
                Name = "real",
                Checkpoint = Fixtures.Weights("resnet18_real.pth"),
                Precision = "int8",
                Calibrate = Path.GetDirectoryName(Fixtures.Image("dog.jpg")),
            },
            [])).Model.Manifest.Agreement!;
        Assert.Empty(AgreementGate.Misses(agreement));
        Assert.InRange(agreement.Top1, 0.97, 1);
        Assert.Equal(1, agreement.ClearTop1);
        Assert.InRange(agreement.MeanProbabilityDifference!.Value, 0, 0.015);
        Assert.InRange(agreement.Accuracy!.Top1, agreement.Accuracy.Fp32Top1 - 0.04, 1);
    }

    private async Task<ExportReport> ExportAsync(ExportArguments arguments, List<ExportStage> stages) =>
        await ModelExporter.Create(
            new StoreFolder(_folder.Path), _client).ExportAsync(Assert.Single(arguments.Requests()), new Stages(stages));

    private sealed class Stages(List<ExportStage> stages) : IProgress<ExportProgress>
    {
        public void Report(ExportProgress value) => stages.Add(value.Stage);
    }
}
