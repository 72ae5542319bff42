using InferenceApi.Endpoints.Problems;
using InferenceApi.Telemetry;

namespace InferenceApi.Endpoints.Requests;

/// <summary>Counts and logs each classify request once its answer is known. Other requests are not.</summary>
internal static class RequestTelemetry
{
    /// <summary>Must be outside of everything that answers.</summary>
    public static void UseRequestTelemetry(this IApplicationBuilder app)
    {
        var metrics = app.ApplicationServices.GetRequiredService<InferenceMetrics>();
        var pace = app.ApplicationServices.GetRequiredService<RefusalPace>();
        var time = app.ApplicationServices.GetRequiredService<TimeProvider>();
        ILogger log = app.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger(RequestLog.Category);
        var rehearsal = app.ApplicationServices.GetRequiredService<RehearsalKey>();
        app.Use(next => async context =>
        {
            var record = new RequestRecord { Arrived = time.GetTimestamp(), IsRehearsal = rehearsal.IsOn(context.Request) };
            context.Features.Set(record);
            await next(context);
            if (record.Model.Length > 0 && !record.IsRehearsal) Finish(context, record, metrics, pace, time, log);
        });
    }

    private static void Finish(
        HttpContext context, RequestRecord record, InferenceMetrics metrics, RefusalPace pace, TimeProvider time, ILogger log)
    {
        long now = time.GetTimestamp();
        TimeSpan duration = time.GetElapsedTime(record.Arrived, now);
        TimeSpan write = record.Classified == 0 ? TimeSpan.Zero : time.GetElapsedTime(record.Classified, now);
        InferenceTracing.Stage("write", time.GetUtcNow(), write);
        // A client that leaves while its answer is written never sees the status that was sent.
        int status =
            context.RequestAborted.IsCancellationRequested ? StatusCodes.Status499ClientClosedRequest : context.Response.StatusCode;
        metrics.RequestFinished(record, status, duration, write);
        if (pace.TakeUnlogged() is > 0 and var unlogged) RequestLog.Unlogged(log, unlogged);
        // Every other 5xx is the service's fault and always logged.
        bool refused = status is >= 400 and < 500 or StatusCodes.Status503ServiceUnavailable;
        if (refused && !pace.Count()) return;
        RequestLog.Write(log, record, status, duration, write, ProblemHandling.TraceOf(context));
    }
}
