using System.Globalization;
using InferenceApi.Telemetry;

namespace InferenceApi.Endpoints.Classify;

/// <summary>The Server-Timing header: stages in milliseconds, and the size of the batch.</summary>
internal static class ServerTiming
{
    public static string Format(in StageTimings timings) => string.Create(
        CultureInfo.InvariantCulture,
        $"decode;dur={timings.Decode:0.###}, prepare;dur={timings.Prepare:0.###}, queue;dur={timings.Queue:0.###}, run;dur={timings.Run:0.###}, rank;dur={timings.Rank:0.###}, batch;desc=\"{timings.Batch}\"");
}
