using System.Diagnostics;
using InferenceApi.Endpoints.Problems;
using InferenceApi.Telemetry;

namespace InferenceApi.Endpoints.Requests;

/// <summary>Counts and logs each classify request once its answer is known. Other requests leave no <see cref="RequestRecord"/>.</summary>
internal static class RequestTelemetry
{
    /// <summary>Goes outside of everything that answers.</summary>
    public static void UseRequestTelemetry(this IApplicationBuilder app)
    {
        var metrics = app.ApplicationServices.GetRequiredService<InferenceMetrics>();
        var time = app.ApplicationServices.GetRequiredService<TimeProvider>();
        ILogger log = app.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger(RequestLog.Category);
        app.Use(next => async context =>
        {
            long start = time.GetTimestamp();
            await next(context);
            if (context.Features.Get<RequestRecord>() is { } record) Finish(context, record, time.GetElapsedTime(start), metrics, log);
        });
    }

    /// <summary>What became of an image that got this problem instead of predictions.</summary>
    public static ImageOutcome OutcomeOf(ProblemKind kind) => kind switch
    {
        ProblemKind.Overloaded or ProblemKind.ModelUnavailable or ProblemKind.ShuttingDown => ImageOutcome.Refused,
        ProblemKind.DeadlineExceeded => ImageOutcome.Expired,
        ProblemKind.Internal => ImageOutcome.Failed,
        _ => ImageOutcome.BadImage,
    };

    private static void Finish(HttpContext context, RequestRecord record, TimeSpan duration, InferenceMetrics metrics, ILogger log)
    {
        // A client that leaves while its answer is written has been sent a status that it never saw.
        int status = context.RequestAborted.IsCancellationRequested ? StatusCodes.Status499ClientClosedRequest : context.Response.StatusCode;
        metrics.RequestFinished(record.Model, record.Version, status, duration, record.Timings);
        if (record.Problem is { } problem) metrics.Refused(record.Model, ProblemTable.Of(problem).Slug);
        // Refused at the door, so no image of it was ever counted on its own; before the body is read it is known to have one at least.
        if (record.Problem == ProblemKind.Overloaded) metrics.ImagesFailed(record.Model, ImageOutcome.Refused, Math.Max(1, record.Images));
        RequestLog.Write(log, record, status, duration, Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier);
    }
}
