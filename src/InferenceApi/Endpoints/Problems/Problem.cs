using System.Globalization;
using InferenceApi.Endpoints.Json;
using InferenceApi.Telemetry;

namespace InferenceApi.Endpoints.Problems;

/// <summary>One failure as the caller gets it.</summary>
/// <param name="Kind">What kind of failure.</param>
/// <param name="Detail">A sentence for people; never carries internals.</param>
/// <param name="RetryAfter">Time until a retry may succeed; null where it cannot.</param>
internal sealed record Problem(ProblemKind Kind, string Detail, TimeSpan? RetryAfter = null) : IResult
{
    public const string ContentType = "application/problem+json";

    public static Problem NothingAt(PathString path) => new(ProblemKind.NotFound, $"There is nothing at {SafeText.Of(path)}.");

    public static Problem NotAllowed(string method, string allowed) =>
        new(ProblemKind.MethodNotAllowed, $"{SafeText.Of(method)} is not allowed here; allowed: {allowed}.");

    /// <summary>Writes status, headers and body; does nothing once the answer has begun.</summary>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        if (httpContext.Response.HasStarted) return;
        if (httpContext.Features.Get<RequestRecord>() is { } record) record.Problem = Kind.Slug;
        HttpResponse response = httpContext.Response;
        ProblemBody body = ProblemBody.Of(this, ProblemHandling.TraceOf(httpContext));
        response.StatusCode = body.Status;
        response.Headers.CacheControl = "no-store";
        // Without this the server would go on reading a body that is too slow.
        if (body.Status == StatusCodes.Status408RequestTimeout) response.Headers.Connection = "close";
        if (RetryAfter is { } wait)
        {
            // The header knows whole seconds only; rounded up, so that a client that waits exactly that long is not too early.
            response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        await JsonAnswer<ProblemBody>.WriteAsync(httpContext, body, ContentType);
    }
}
