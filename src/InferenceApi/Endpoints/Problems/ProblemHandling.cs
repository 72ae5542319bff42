using System.Diagnostics;
using InferenceApi.Classification;
using InferenceApi.Serving;

namespace InferenceApi.Endpoints.Problems;

/// <summary>Turns failures into answers: exceptions of every layer, and the empty 404, 405, 415 of the framework.</summary>
internal static partial class ProblemHandling
{
    public static void UseProblems(this IApplicationBuilder app)
    {
        ILogger log = app.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger("InferenceApi.Endpoints");
        var pace = app.ApplicationServices.GetRequiredService<RefusalPace>();
        var time = app.ApplicationServices.GetRequiredService<TimeProvider>();
        app.Use(next => context => InvokeAsync(context, next, pace, time, log));
    }

    private static async Task InvokeAsync(HttpContext context, RequestDelegate next, RefusalPace pace, TimeProvider time, ILogger log)
    {
        try
        {
            await next(context);
            if (Framework(context) is { } problem) await problem.ExecuteAsync(context);
        }
        catch (Exception failure) when (failure is ClientLeftException || context.RequestAborted.IsCancellationRequested)
        {
            // The client left. 499 is for the log line only.
            if (!context.Response.HasStarted) context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (Exception failure) when (!context.Response.HasStarted)
        {
            Problem problem = UnknownModel(failure) is { } unknown
                ? AbsentModel.Of(unknown, context.RequestServices.GetRequiredService<ServedModels>().Status())
                : ProblemMapping.Of(failure);
            if (problem.Kind == ProblemKind.Internal) Log.Unexpected(log, failure, TraceOf(context));
            context.Response.Clear();
            if (problem.Kind.Status == StatusCodes.Status429TooManyRequests && pace.Exceeded)
                await Task.Delay(RefusalPace.Delay, time, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await problem.ExecuteAsync(context);
        }
    }

    /// <summary>The id under which the log has the details that an answer omits.</summary>
    public static string TraceOf(HttpContext context) => Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;

    private static UnknownModelException? UnknownModel(Exception failure) => failure switch
    {
        UnknownModelException unknown => unknown,
        ClassificationException { InnerException: UnknownModelException unknown } => unknown,
        _ => null,
    };

    private static Problem? Framework(HttpContext context)
    {
        HttpResponse response = context.Response;
        if (response.HasStarted || response.ContentLength is not null || response.ContentType is not null) return null;
        return response.StatusCode switch
        {
            StatusCodes.Status404NotFound => Problem.NothingAt(context.Request.Path),
            StatusCodes.Status405MethodNotAllowed => Problem.NotAllowed(context.Request.Method, response.Headers.Allow.ToString()),
            StatusCodes.Status415UnsupportedMediaType =>
                new Problem(ProblemKind.MediaTypeUnsupported, "The Content-Type is not supported here."),
            _ => null,
        };
    }

    private static partial class Log
    {
        [LoggerMessage(1001, LogLevel.Error, "A request failed unexpectedly (trace {TraceId})")]
        public static partial void Unexpected(ILogger logger, Exception failure, string traceId);
    }
}
