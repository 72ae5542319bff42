namespace InferenceApi.Endpoints.Problems;

/// <summary>RFC 9457 members, plus <c>error</c>, the one member that Open Inference Protocol and TensorFlow Serving clients read.</summary>
/// <param name="Type">Stable URI reference of the kind of problem; can be fetched.</param>
/// <param name="Title">The kind in words.</param>
/// <param name="Status">HTTP status, repeated.</param>
/// <param name="Detail">This occurrence, in a sentence.</param>
/// <param name="Error">The same sentence as <paramref name="Detail"/>.</param>
/// <param name="TraceId">W3C trace id of the request; absent on one image's error inside an answer.</param>
/// <param name="RetryAfterSeconds">The precise estimate behind the Retry-After header, which has whole seconds only.</param>
internal sealed record ProblemBody(
    string Type,
    string Title,
    int Status,
    string Detail,
    string Error,
    string? TraceId,
    double? RetryAfterSeconds)
{
    public static ProblemBody Of(Problem problem, string? traceId)
    {
        ProblemKind kind = problem.Kind;
        double? seconds = problem.RetryAfter is { } wait ? Math.Round(wait.TotalSeconds, 3) : null;
        return new ProblemBody(kind.Type, kind.Title, kind.Status, problem.Detail, problem.Detail, traceId, seconds);
    }
}
