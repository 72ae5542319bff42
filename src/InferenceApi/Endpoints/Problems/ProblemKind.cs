namespace InferenceApi.Endpoints.Problems;

/// <summary>
/// Every way a request can fail. The name is the stable part of the problem's type; <see cref="ProblemTable"/> has the rest.
/// </summary>
internal enum ProblemKind
{
    ModelUnknown,
    ModelNotInstalled,
    ModelNotServed,
    ModelUnavailable,
    NotFound,
    MethodNotAllowed,
    MediaTypeUnsupported,
    ContentEncodingUnsupported,
    ImageFormatUnsupported,
    ImageUnreadable,
    ImageTooLarge,
    ImageTooCostly,
    BodyTooLarge,
    TooManyImages,
    NoImage,
    RequestMalformed,
    TopKInvalid,
    TimeoutInvalid,
    RequestTimeout,
    TooManyUploads,
    Overloaded,
    DeadlineExceeded,
    ShuttingDown,
    RunFailed,
    Internal,
}
