using Imaging.Decoding;
using InferenceApi.Batching;
using InferenceApi.Endpoints.Uploads;
using InferenceApi.Serving;

namespace InferenceApi.Endpoints.Problems;

/// <summary>From what was thrown to what is told. Only messages written for callers get out; everything else is "internal".</summary>
internal static class ProblemMapping
{
    public static Problem Of(Exception failure) => failure switch
    {
        UploadException upload => new Problem(upload.Kind, upload.Message),
        InvalidImageException image => new Problem(KindOf(image.Reason), image.Message),
        ServiceStoppingException => new Problem(ProblemKind.ShuttingDown, ReadinessState.Stopping, TimeSpan.FromSeconds(1)),
        ModelUnavailableException unavailable => new Problem(ProblemKind.ModelUnavailable, unavailable.Message, TimeSpan.FromSeconds(5)),
        OverloadedException overloaded => new Problem(ProblemKind.Overloaded, overloaded.Message, overloaded.RetryAfter),
        DeadlineExceededException late => new Problem(ProblemKind.DeadlineExceeded, late.Message),
        RunFailedException { IsOutOfMemory: true } => new Problem(ProblemKind.ModelUnavailable, "The device has no memory left for a run.", TimeSpan.FromSeconds(1)),
        OperationCanceledException => new Problem(ProblemKind.DeadlineExceeded, "The request did not finish in the time it was allowed."),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new Problem(ProblemKind.BodyTooLarge, "The request body is larger than the server's limit."),
        BadHttpRequestException => new Problem(ProblemKind.RequestMalformed, "The request is not valid HTTP or ends early."),
        _ => new Problem(ProblemKind.Internal, "The service failed to answer; its log has the cause under this trace id."),
    };

    private static ProblemKind KindOf(InvalidImageReason reason) => reason switch
    {
        InvalidImageReason.UnknownFormat => ProblemKind.ImageFormatUnsupported,
        InvalidImageReason.TooManyPixels => ProblemKind.ImageTooLarge,
        _ => ProblemKind.ImageUnreadable,
    };
}
