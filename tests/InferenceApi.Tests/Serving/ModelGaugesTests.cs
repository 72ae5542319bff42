using System.Diagnostics.Metrics;
using InferenceApi.Serving;
using InferenceApi.Telemetry;
using InferenceApi.Tests.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using ModelStore;

namespace InferenceApi.Tests.Serving;

[Collection(TracingCollection.Name)]
public sealed class ModelGaugesTests : IDisposable
{
    // Other tests have gauges in meters of the same name, so this model has a name of its own.
    private readonly string _model = "model-" + Guid.NewGuid().ToString("N");
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ScrapedMeter _scraped = new(InferenceMetrics.MeterName);
    private readonly HandSetTime _time = new();

    public void Dispose()
    {
        _scraped.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void ModelReplacedAndRemoved_ReportsZeroForWhatIsGone()
    {
        ModelStatus[] models = [Status(1, ModelState.Ready)];
        _ = new ModelGauges(new InferenceMetrics(_services.GetRequiredService<IMeterFactory>()), () => models, () => TimeSpan.Zero, _time);
        string[] lines = _scraped.Lines(_model);
        Assert.Contains($"inference_queue_depth{{model=\"{_model}\"}} 3", lines);
        Assert.Contains($"inference_estimated_wait_seconds{{model=\"{_model}\"}} 0.5", lines);
        Assert.Contains($"inference_run_wait_seconds{{model=\"{_model}\"}} 0.25", lines);
        Assert.Contains($"inference_model_memory_bytes{{model=\"{_model}\"}} 1000", lines);
        Assert.Contains($"inference_instances{{model=\"{_model}\"}} 2", lines);
        Assert.Contains($"inference_model_state{{model=\"{_model}\",state=\"ready\",version=\"1\"}} 1", lines);
        Assert.Contains($"inference_model_state{{model=\"{_model}\",state=\"failed\",version=\"1\"}} 0", lines);
        Assert.Contains($"nv_inference_pending_request_count{{model=\"{_model}\",version=\"1\"}} 3", lines);

        _time.Pass(TimeSpan.FromSeconds(1));
        models = [Status(2, ModelState.WarmingUp)];
        lines = _scraped.Lines(_model);
        Assert.Contains($"inference_model_state{{model=\"{_model}\",state=\"ready\",version=\"1\"}} 0", lines);
        Assert.Contains($"inference_model_state{{model=\"{_model}\",state=\"warming_up\",version=\"2\"}} 1", lines);
        Assert.Contains($"inference_queue_depth{{model=\"{_model}\"}} 3", lines);
        Assert.Contains($"nv_inference_pending_request_count{{model=\"{_model}\",version=\"1\"}} 0", lines);

        _time.Pass(TimeSpan.FromSeconds(1));
        models = [];
        Assert.Contains($"inference_queue_depth{{model=\"{_model}\"}} 0", _scraped.Lines(_model));
    }

    private ModelStatus Status(int version, ModelState state) => new(_model, state, Manifest(version), [], 1000, 3, null)
    {
        Instances = 2,
        EstimatedWait = TimeSpan.FromSeconds(0.5),
        RunWait = TimeSpan.FromSeconds(0.25),
    };

    private ModelManifest Manifest(int version) => new()
    {
        Name = _model,
        Version = version,
        Architecture = "resnet50",
        Origin = ModelOrigin.Synthetic,
        Licence = "none",
        Classes = 4,
        Parameters = 1,
        Exporter = "test",
        Source = new WeightsSource(Seed: 1),
        Model = new FileDigest("model.onnx", 1, new string('0', 64)),
        Labels = new FileDigest("labels.csv", 1, new string('0', 64)),
        Preprocessing = PreprocessingRecipe.ImageNet,
    };
}
