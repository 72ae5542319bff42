using System.Net;
using System.Text.RegularExpressions;
using InferenceApi.Classification;
using InferenceApi.Endpoints.Uploads;
using InferenceApi.Serving;
using InferenceApi.Telemetry;
using Microsoft.AspNetCore.Http;
using TestKit;

namespace InferenceApi.Tests.Telemetry;

[Collection(TracingCollection.Name)]
public sealed partial class MetricsEndpointTests
{
    private const string PrometheusAccept =
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
        + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

    [Theory]
    [InlineData("*/*", "text/plain; version=0.0.4; charset=utf-8")]
    [InlineData("text/plain", "text/plain; version=0.0.4; charset=utf-8")]
    [InlineData("text/plain, application/openmetrics-text;q=0.5", "text/plain; version=0.0.4; charset=utf-8")]
    [InlineData(PrometheusAccept, "application/openmetrics-text; version=1.0.0; charset=utf-8")]
    public async Task Metrics_AcceptHeader_ChoosesTheFormat(string accept, string contentType)
    {
        await using TelemetryHost host = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Accept", accept);

        using HttpResponseMessage response = await host.Client.SendAsync(request);

        Assert.Equal(contentType, response.Content.Headers.GetValues("Content-Type").Single());
        Assert.Equal(contentType.StartsWith("application", StringComparison.Ordinal),
            (await response.Content.ReadAsStringAsync()).EndsWith("# EOF\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_SdkDisabled_AreNotFound()
    {
        await using TelemetryHost host = await StartAsync(("OTEL_SDK_DISABLED", "true"));

        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync("/metrics")).StatusCode);
    }

    [Fact]
    public async Task Metrics_ServiceVariables_AreInTargetInfo()
    {
        await using TelemetryHost host =
            await StartAsync(("OTEL_SERVICE_NAME", "pictures"), ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=test"));

        string target = (await host.Client.GetStringAsync("/metrics")).Split('\n')
            .Single(line => line.StartsWith("target_info{", StringComparison.Ordinal));

        Assert.Contains("service_name=\"pictures\"", target, StringComparison.Ordinal);
        Assert.Contains("deployment_environment=\"test\"", target, StringComparison.Ordinal);
        Assert.Matches("service_version=\"[0-9]+\\.[0-9]+\\.[0-9]+", target);
    }

    [Fact]
    public async Task Metrics_EveryName_IsDocumentedAndEveryDocumentedNameExists()
    {
        await using TelemetryHost host = await StartAsync();
        string document = await File.ReadAllTextAsync(Path.Combine(Fixtures.RepositoryRoot, "docs", "telemetry.md"));
        HashSet<string> documented = [.. TableRow().Matches(document).Select(match => match.Groups[1].Value)];
        await host.Client.GetAsync("/health/live");

        string text = await host.Client.GetStringAsync("/metrics");

        HashSet<string> exposed = [.. Declaration().Matches(text).Select(match => match.Groups[1].Value)];
        Assert.Empty(documented.Except(exposed));
        Assert.Empty(exposed.Where(name => name.StartsWith("inference_", StringComparison.Ordinal)
            || name.StartsWith("nv_", StringComparison.Ordinal)).Except(documented));
    }

    [PromtoolFact]
    public async Task Metrics_Promtool_FindsNothingButTritonsAbbreviatedUnits()
    {
        await using TelemetryHost host = await StartAsync();
        await host.Client.GetAsync("/health/live");

        string[] complaints = await PromtoolFactAttribute.CheckAsync(await host.Client.GetStringAsync("/metrics"));

        Assert.All(complaints, complaint => Assert.Matches(
            "^nv_inference_(request|queue|compute_infer)_duration_us metric names should not contain abbreviated units$", complaint));
        Assert.NotEmpty(await PromtoolFactAttribute.CheckAsync("# TYPE x counter\nx 1\n"));
    }

    private static async Task<TelemetryHost> StartAsync(params (string, string)[] settings)
    {
        TelemetryHost host = await TelemetryHost.StartAsync(context => context.Response.WriteAsync("done"), settings);
        // Registers its gauges, as in service.
        StatusOfOneModel(host.Metrics);
        using var slots = new PreparationSlots(1, (400, 300), host.Metrics, TimeProvider.System);
        using var bodies = new BodyRoom(new UploadOptions(), host.Metrics, TimeProvider.System);
        host.Metrics.ModelLoaded("endpoint-test", 1, succeeded: true);
        host.Metrics.ImageAnswered("endpoint-test", default);
        host.Metrics.RunFinished("endpoint-test", 1, 4, failed: false);
        var record = new RequestRecord { Model = "endpoint-test", Version = 1, Problem = "overloaded" };
        host.Metrics.RequestFinished(record, 429, TimeSpan.FromMilliseconds(20), TimeSpan.Zero);
        return host;
    }

    private static void StatusOfOneModel(InferenceMetrics metrics) => _ = new ModelGauges(
        metrics, () => [new ModelStatus("endpoint-test", ModelState.Ready, null, [], 1, 0, null)], () => TimeSpan.Zero,
        TimeProvider.System);

    [GeneratedRegex(@"^\| `((?:inference|nv|http|kestrel|dotnet|target)_\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex TableRow();

    [GeneratedRegex(@"^# TYPE (\w+) ", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
