using System.Collections.Frozen;

namespace InferenceApi.Endpoints.Problems;

/// <summary>
/// The table of problems: kind, type, status and title. Published at /errors.
/// </summary>
internal static class ProblemTable
{
    /// <param name="Kind">Which failure.</param>
    /// <param name="Slug">Last segment of the type URI; never changes once published.</param>
    /// <param name="Status">HTTP status.</param>
    /// <param name="Title">The same words every time.</param>
    /// <param name="Remedy">What the caller can do.</param>
    public sealed record Row(ProblemKind Kind, string Slug, int Status, string Title, string Remedy)
    {
        public string Type => "/errors/" + Slug;
    }

    public static IReadOnlyList<Row> Rows { get; } =
    [
        new(ProblemKind.ModelUnknown, "model-unknown", 404, "Unknown model", "Use one of the names of GET /v1/models."),
        new(ProblemKind.ModelNotInstalled, "model-not-installed", 404, "Model not installed",
            "Install it with the export tool; a running service picks it up."),
        new(ProblemKind.ModelNotServed, "model-not-served", 404, "Model not served",
            "Use a model that is ready in GET /v1/models, or have this one named in Serving:Preload."),
        new(ProblemKind.ModelUnavailable, "model-unavailable", 503, "Model unavailable", "Retry later; GET /v1/models/{model} says why."),
        new(ProblemKind.RunFailed, "run-failed", 503, "Run failed", "Retry; the next run is another one. Others are not touched by it."),
        new(ProblemKind.NotFound, "not-found", 404, "Not found", "See /swagger for what exists."),
        new(ProblemKind.MethodNotAllowed, "method-not-allowed", 405, "Method not allowed", "Use a method of the Allow header."),
        new(ProblemKind.MediaTypeUnsupported, "media-type-unsupported", 415, "Unsupported Content-Type",
            "Send an image, multipart/form-data or application/json."),
        new(ProblemKind.ContentEncodingUnsupported, "content-encoding-unsupported", 415, "Unsupported Content-Encoding",
            "Send the body uncompressed; pictures are compressed already."),
        new(ProblemKind.ImageFormatUnsupported, "image-format-unsupported", 415, "Unsupported image format",
            "Send JPEG, PNG, WebP, GIF, TIFF or AVIF."),
        new(ProblemKind.ImageUnreadable, "image-unreadable", 422, "Unreadable image",
            "The file is truncated or corrupt; send it again or repair it."),
        new(ProblemKind.ImageTooLarge, "image-too-large", 413, "Too many pixels",
            "Scale the picture down; the model sees 224 × 224 pixels of it."),
        new(ProblemKind.ImageTooCostly, "image-too-costly", 413, "Too costly to decode",
            "Scale the picture down, or send it as a baseline JPEG or a PNG that is not interlaced."),
        new(ProblemKind.BodyTooLarge, "body-too-large", 413, "Request too large", "Send fewer or smaller pictures."),
        new(ProblemKind.TooManyImages, "too-many-images", 413, "Too many images",
            "Send several requests; the service batches across them."),
        new(ProblemKind.NoImage, "no-image", 400, "No image", "Send at least one picture."),
        new(ProblemKind.RequestMalformed, "request-malformed", 400, "Malformed request", "The detail names what could not be read."),
        new(ProblemKind.TopKInvalid, "top-k-invalid", 400, "Invalid top_k", "Use 1 to the model's number of classes."),
        new(ProblemKind.TimeoutInvalid, "timeout-invalid", 400, "Invalid X-Request-Timeout", "Use seconds, for example 0.5."),
        new(ProblemKind.RequestTimeout, "request-timeout", 408, "Request timeout", "Send the body faster, or a smaller picture."),
        new(ProblemKind.TooManyUploads, "too-many-uploads", 429, "Too many uploads",
            "Wait as long as Retry-After says; send fewer uploads at once."),
        new(ProblemKind.Overloaded, "overloaded", 429, "Overloaded",
            "Wait as long as Retry-After says, or allow more time with X-Request-Timeout."),
        new(ProblemKind.DeadlineExceeded, "deadline-exceeded", 504, "Deadline exceeded",
            "Allow more time with X-Request-Timeout, or retry when the service is less busy."),
        new(ProblemKind.ShuttingDown, "shutting-down", 503, "Shutting down", "Retry; another instance will answer."),
        new(ProblemKind.Internal, "internal", 500, "Internal error", "Report the traceId; the service's log has the cause."),
    ];

    private static readonly FrozenDictionary<ProblemKind, Row> ByKind = Rows.ToFrozenDictionary(row => row.Kind);

    public static Row Of(ProblemKind kind) => ByKind[kind];
}
