using System.Globalization;
using InferenceApi.Telemetry;

namespace InferenceApi.Endpoints.Classify;

/// <summary>The Server-Timing header: stages in milliseconds, and the size of the batch. Writing the answer has not happened yet.</summary>
internal static class ServerTiming
{
    public static string Format(in StageTimings timings) => string.Create(
        CultureInfo.InvariantCulture,
        $"read;dur={timings.Read.TotalMilliseconds:0.###}, admit;dur={timings.Admit.TotalMilliseconds:0.###}, "
        + $"slot;dur={timings.Slot.TotalMilliseconds:0.###}, "
        + $"decode;dur={timings.Decode.TotalMilliseconds:0.###}, prepare;dur={timings.Prepare.TotalMilliseconds:0.###}, "
        + $"queue;dur={timings.Queue.TotalMilliseconds:0.###}, run;dur={timings.Run.TotalMilliseconds:0.###}, "
        + $"rank;dur={timings.Rank.TotalMilliseconds:0.###}, batch;desc=\"{timings.Batch}\"");
}
