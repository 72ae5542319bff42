using System.Diagnostics;
using OpenTelemetry;

namespace InferenceApi.Telemetry;

/// <summary>
/// Takes the recorded flag from the spans of probes and scrapes, which would outnumber the rest. A processor rather than a sampler,
/// because a sampler set here would override OTEL_TRACES_SAMPLER.
/// </summary>
internal sealed class ProbeSpanFilter : BaseProcessor<Activity>
{
    public override void OnStart(Activity data)
    {
        if (data.GetTagItem("url.path") is not string path || !IsProbe(path)) return;
        data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        data.IsAllDataRequested = false;
    }

    /// <summary>Whether a path is one that machines ask for every few seconds.</summary>
    internal static bool IsProbe(string path) => path.StartsWith("/health/", StringComparison.Ordinal) || path == "/metrics";
}
