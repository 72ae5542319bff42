using System.Reflection;
using InferenceApi.Telemetry;
using InferenceApi.Telemetry.Prometheus;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace InferenceApi.Hosting;

/// <summary>Adds metrics, traces and logs to the host.</summary>
public static class TelemetryRegistration
{
    private const string ServiceName = "inference-service";

    /// <summary>
    /// Adds <see cref="InferenceMetrics"/>, the <see cref="PrometheusExporter"/>, and, for each signal that an OTEL_EXPORTER_OTLP_*
    /// variable names an endpoint for, its export. With OTEL_SDK_DISABLED=true only the first, which then costs next to nothing.
    /// </summary>
    public static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<InferenceMetrics>();
        if (string.Equals(builder.Configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase)) return;

        builder.Services.AddSingleton<PrometheusExporter>();
        OpenTelemetryBuilder telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(Describe);
        telemetry.WithMetrics(metrics => Metrics(metrics, builder.Configuration));
        if (IsExported(builder.Configuration, "TRACES")) telemetry.WithTracing(traces => Traces(traces, builder.Configuration));
        if (IsExported(builder.Configuration, "LOGS"))
            telemetry.WithLogging(logs => logs.AddOtlpExporter(options => Point(options, builder.Configuration, "LOGS")),
                options => options.IncludeScopes = false);
    }

    /// <summary>Name, version and instance; OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES override.</summary>
    private static void Describe(ResourceBuilder resource)
    {
        string version =
            typeof(TelemetryRegistration).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        resource.Clear().AddTelemetrySdk()
            .AddService(ServiceName, serviceVersion: version.Split('+')[0])
            .AddEnvironmentVariableDetector();
    }

    private static void Metrics(MeterProviderBuilder metrics, IConfiguration configuration)
    {
        metrics
            .AddMeter(InferenceMetrics.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel",
                "Microsoft.AspNetCore.MemoryPool", "System.Runtime")
            // These two count every 4 KiB of every body, in both directions; the remaining ones show when the pool grows and shrinks.
            .AddView("aspnetcore.memory_pool.rented", MetricStreamConfiguration.Drop)
            .AddView("aspnetcore.memory_pool.pooled", MetricStreamConfiguration.Drop)
            .SetExemplarFilter(ExemplarFilterType.TraceBased)
            .AddReader(services => new BaseExportingMetricReader(services.GetRequiredService<PrometheusExporter>()));
        if (IsExported(configuration, "METRICS")) metrics.AddOtlpExporter(options => Point(options, configuration, "METRICS"));
    }

    /// <summary>
    /// Requests have spans, except those of probes and scrapes, which would outnumber the rest. They are filtered here rather than by a
    /// sampler, because one set here would override OTEL_TRACES_SAMPLER.
    /// </summary>
    private static void Traces(TracerProviderBuilder traces, IConfiguration configuration) => traces
        .AddSource(InferenceTracing.SourceName)
        .AddAspNetCoreInstrumentation(http => http.Filter = request => !IsProbe(request.Request.Path))
        .AddOtlpExporter(options => Point(options, configuration, "TRACES"));

    /// <summary>Whether a path is probed or scraped every few seconds.</summary>
    private static bool IsProbe(PathString path) => path.StartsWithSegments("/health") || path == "/healthz" || path == "/metrics";

    private static bool IsExported(IConfiguration configuration, string signal) =>
        (configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] ?? configuration[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"]) is { Length: > 0 }
        && !string.Equals(configuration[$"OTEL_{signal}_EXPORTER"], "none", StringComparison.OrdinalIgnoreCase);

    /// <summary>Applies the variables of one signal; the exporter reads the common ones itself.</summary>
    private static void Point(OtlpExporterOptions options, IConfiguration configuration, string signal)
    {
        string prefix = $"OTEL_EXPORTER_OTLP_{signal}_";
        if (configuration[prefix + "PROTOCOL"] is { Length: > 0 } protocol)
            options.Protocol = protocol == "http/protobuf" ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        if (configuration[prefix + "ENDPOINT"] is { Length: > 0 } endpoint) options.Endpoint = new Uri(endpoint);
        if (configuration[prefix + "HEADERS"] is { Length: > 0 } headers) options.Headers = headers;
    }
}
