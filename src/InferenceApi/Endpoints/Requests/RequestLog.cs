using InferenceApi.Endpoints.Problems;
using InferenceApi.Telemetry;

namespace InferenceApi.Endpoints.Requests;

/// <summary>One line per classify request; never a picture's content or file name. docs/telemetry.md lists the fields.</summary>
internal static partial class RequestLog
{
    public const string Category = "InferenceApi.Classify";

    public static void Write(ILogger log, RequestRecord record, int status, TimeSpan duration, TimeSpan write, string traceId)
    {
        if (!log.IsEnabled(LogLevel.Information)) return;
        StageTimings timings = record.Timings;
        Finished(
            log, traceId, SafeText.Of(record.Model), record.Version, status, record.Problem ?? "-", record.Images, record.Failed,
            record.Bytes,
            Round(duration), Round(timings.Read), Round(timings.Admit), Round(timings.Slot), Round(timings.Decode), Round(timings.Prepare),
            Round(timings.Queue), Round(timings.Run), Round(timings.Rank), Round(write), timings.Batch);
    }

    public static void Unlogged(ILogger log, int refusals) => UnloggedRefusals(log, refusals);

    private static double Round(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);

    [LoggerMessage(
        1101, LogLevel.Warning, "{Refusals} refused requests have no line of their own, because there were more than 10 in a second")]
    private static partial void UnloggedRefusals(ILogger log, int refusals);

    [LoggerMessage(
        1100,
        LogLevel.Information,
        "classify {TraceId} {Model}/{Version} {Status} {Problem} images {Images} failed {Failed} bytes {Bytes} took {DurationMs} ms: "
        + "read {ReadMs} admit {AdmitMs} slot {SlotMs} decode {DecodeMs} prepare {PrepareMs} queue {QueueMs} run {RunMs} rank {RankMs} "
        + "write {WriteMs} batch {Batch}")]
    private static partial void Finished(
        ILogger log, string traceId, string model, int version, int status, string problem, int images, int failed, long bytes,
        double durationMs,
        double readMs, double admitMs, double slotMs, double decodeMs, double prepareMs, double queueMs, double runMs, double rankMs,
        double writeMs, int batch);
}
