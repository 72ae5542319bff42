using System.Diagnostics;
using InferenceApi.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace InferenceApi.Tests.Telemetry;

[Collection(TracingCollection.Name)]
public sealed partial class OtlpExportTests
{
    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string CallerSpan = "00f067aa0ba902b7";

    [Fact]
    public async Task Request_EndpointSet_ArrivesAsLinkedSpansMetricsAndLogs()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        await using (TelemetryHost host = await TelemetryHost.StartAsync(
            ClassifyAsync, ("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.Address), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")))
        {
            host.Client.DefaultRequestHeaders.Add("traceparent", $"00-{TraceId}-{CallerSpan}-01");
            await host.Client.GetAsync("/job/1");
            await host.Client.GetAsync("/health/live");
            await host.Client.GetAsync("/metrics");
        }

        Dictionary<string, ProtobufReader> spans =
            receiver.Of("traces").SelectMany(message => message.Path(1, 2, 2)).ToDictionary(span => span.Fields(5).Single().Text());
        Assert.Equal(["GET /job/{id}", "decode", "prepare", "queue", "run"], spans.Keys.Order(StringComparer.Ordinal));
        Assert.All(spans.Values, span => Assert.Equal(TraceId, span.Fields(1).Single().Hex()));

        ProtobufReader request = spans["GET /job/{id}"], run = spans["run"], queue = spans["queue"];
        string requestId = request.Fields(2).Single().Hex();
        Assert.Equal(CallerSpan, request.Fields(4).Single().Hex());
        Assert.Equal(requestId, spans["decode"].Fields(4).Single().Hex());
        Assert.Equal(requestId, Assert.Single(run.Path(13, 2)).Hex());
        Assert.Equal(run.Fields(2).Single().Hex(), Assert.Single(queue.Path(13, 2)).Hex());

        Dictionary<string, string> attributes = request.Attributes(9);
        Assert.Equal(
            ("/job/{id}", "503", "503"), (attributes["http.route"], attributes["http.response.status_code"], attributes["error.type"]));
        Assert.Equal("GET", attributes["http.request.method"]);

        Assert.Contains(
            "inference.images", receiver.Of("metrics").SelectMany(message => message.Path(1, 2, 2, 1)).Select(name => name.Text()));
        Assert.Contains(receiver.Of("metrics").SelectMany(message => message.Path(1, 1, 1)),
            attribute => attribute.Fields(1).Single().Text() == "service.name");
        ProtobufReader log = Assert.Single(receiver.Of("logs").SelectMany(message => message.Path(1, 2, 2)),
            log => log.Path(5, 1).Any(body => body.Text().Contains("classified", StringComparison.Ordinal)));
        Assert.Equal(TraceId, log.Fields(9).Single().Hex());
    }

    [Fact]
    public async Task Request_OnlyMetricsEndpointSet_SendsNothingElse()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        await using (TelemetryHost host = await TelemetryHost.StartAsync(
            ClassifyAsync, ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", receiver.Address + "/v1/metrics"),
            ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/protobuf")))
            await host.Client.GetAsync("/job/1");

        Assert.NotEmpty(receiver.Of("metrics"));
        Assert.Empty(receiver.Of("traces"));
        Assert.Empty(receiver.Of("logs"));
    }

    [Theory]
    [InlineData("OTEL_TRACES_SAMPLER", "always_off")]
    [InlineData("OTEL_TRACES_EXPORTER", "none")]
    public async Task Request_TracesSwitchedOffByVariable_SendsMetricsOnly(string variable, string value)
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        await using (TelemetryHost host = await TelemetryHost.StartAsync(
            ClassifyAsync, ("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.Address), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            (variable, value)))
            await host.Client.GetAsync("/job/1");

        Assert.NotEmpty(receiver.Of("metrics"));
        Assert.Empty(receiver.Of("traces"));
    }

    [Fact]
    public async Task Request_NoEndpoint_StartsNoSpan()
    {
        bool traced = true;
        await using TelemetryHost host = await TelemetryHost.StartAsync(context =>
        {
            traced = InferenceTracing.CurrentRequest != default;
            return Task.CompletedTask;
        });

        await host.Client.GetAsync("/job/1");

        Assert.False(traced);
    }

    private static Task ClassifyAsync(HttpContext context)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        InferenceTracing.Stage("decode", now - TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(2));
        InferenceTracing.Stage("prepare", now, TimeSpan.FromMilliseconds(1));
        using (Activity? run = InferenceTracing.StartRun("m", [InferenceTracing.CurrentRequest]))
            InferenceTracing.Stage("queue", now, TimeSpan.Zero, run?.Context ?? default);
        context.RequestServices.GetRequiredService<InferenceMetrics>().ImagesFailed("m", ImageOutcome.Ok);
        Classified(context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("test"));
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return Task.CompletedTask;
    }

    [LoggerMessage(1, LogLevel.Information, "classified")]
    private static partial void Classified(ILogger logger);
}
