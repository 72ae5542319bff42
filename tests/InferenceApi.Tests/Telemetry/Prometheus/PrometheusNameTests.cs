using InferenceApi.Telemetry.Prometheus;
using OpenTelemetry.Metrics;

namespace InferenceApi.Tests.Telemetry.Prometheus;

public sealed class PrometheusNameTests
{
    [Theory]
    [InlineData("inference.stage.duration", "s", MetricType.Histogram, "inference_stage_duration_seconds", "histogram")]
    [InlineData("inference.batch.size", "{image}", MetricType.Histogram, "inference_batch_size", "histogram")]
    [InlineData("inference.images", "{image}", MetricType.LongSum, "inference_images_total", "counter")]
    [InlineData("already_total", "", MetricType.LongSum, "already_total", "counter")]
    [InlineData("dotnet.gc.heap.total_allocated", "By", MetricType.LongSum, "dotnet_gc_heap_total_allocated_bytes_total", "counter")]
    [InlineData("inference.model.memory", "By", MetricType.LongGauge, "inference_model_memory_bytes", "gauge")]
    [InlineData("wait_seconds", "s", MetricType.DoubleGauge, "wait_seconds", "gauge")]
    [InlineData("fill", "1", MetricType.DoubleGauge, "fill_ratio", "gauge")]
    [InlineData("speed", "m/s", MetricType.DoubleGauge, "speed_m_per_s", "gauge")]
    [InlineData("dotnet.assembly.count", "{assembly}", MetricType.LongSumNonMonotonic, "dotnet_assembly_count", "untyped")]
    [InlineData("nv_inference_request_success", "", MetricType.LongSum, "nv_inference_request_success", "untyped")]
    [InlineData("nv_inference_request_duration_us", "", MetricType.LongSum, "nv_inference_request_duration_us", "untyped")]
    [InlineData("9-lives", "", MetricType.LongGauge, "_9_lives", "gauge")]
    public void Of_Instrument_FollowsTheSpecification(string instrument, string unit, MetricType type, string sample, string declared)
    {
        PrometheusName name = PrometheusName.Of(instrument, unit, type);

        Assert.Equal((sample, declared), (name.Sample, name.Type));
    }
}
