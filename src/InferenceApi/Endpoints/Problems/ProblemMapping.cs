using InferenceApi.Classification;

namespace InferenceApi.Endpoints.Problems;

/// <summary>Maps exceptions to problems. Only messages written for callers are shown; everything else is "internal".</summary>
internal static class ProblemMapping
{
    public static Problem Of(Exception thrown) => thrown switch
    {
        RequestException request => new Problem(request.Kind, request.Message, request.RetryAfter),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            new Problem(ProblemKind.BodyTooLarge, "The request body is larger than the server's limit."),
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => Of(RequestException.TooLate()),
        BadHttpRequestException => new Problem(ProblemKind.RequestMalformed, "The request is not valid HTTP or ends early."),
        _ => Of(Failure.Of(thrown)),
    };

    public static Problem Of(Failure failure) => failure switch
    {
        { Kind: FailureKind.Protocol, Cause: { } cause } => Of(cause),
        _ => new Problem(KindOf(failure.Kind), failure.Detail, failure.RetryAfter),
    };

    private static ProblemKind KindOf(FailureKind kind) => kind switch
    {
        FailureKind.ModelUnknown => ProblemKind.ModelUnknown,
        FailureKind.ModelUnavailable => ProblemKind.ModelUnavailable,
        FailureKind.ShuttingDown => ProblemKind.ShuttingDown,
        FailureKind.RunFailed => ProblemKind.RunFailed,
        FailureKind.TopKInvalid => ProblemKind.TopKInvalid,
        FailureKind.TooManyImages => ProblemKind.TooManyImages,
        FailureKind.Overloaded => ProblemKind.Overloaded,
        FailureKind.DeadlineExceeded => ProblemKind.DeadlineExceeded,
        FailureKind.ImageFormatUnsupported => ProblemKind.ImageFormatUnsupported,
        FailureKind.ImageUnreadable => ProblemKind.ImageUnreadable,
        FailureKind.ImageTooLarge => ProblemKind.ImageTooLarge,
        FailureKind.ImageTooCostly => ProblemKind.ImageTooCostly,
        _ => ProblemKind.Internal,
    };
}
