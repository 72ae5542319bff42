namespace InferenceApi.Endpoints.Problems;

/// <summary>A kind of problem. Every way a request can fail is one of these; GET /errors lists them.</summary>
/// <param name="Slug">Last segment of the type URI; never changes once published.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Title">The kind in words, always the same.</param>
/// <param name="Remedy">What the caller can do.</param>
internal sealed record ProblemKind(string Slug, int Status, string Title, string Remedy)
{
    // Before the kinds, which add themselves.
    private static readonly List<ProblemKind> Known = [];

    public static readonly ProblemKind ModelUnknown = Add("model-unknown", 404, "Unknown model", "Use one of the names of GET /v1/models.");
    public static readonly ProblemKind ModelNotInstalled = Add("model-not-installed", 404, "Model not installed",
        "Install it with the export tool; a running service picks it up.");
    public static readonly ProblemKind ModelNotServed = Add("model-not-served", 404, "Model not served",
        "Use a model that is ready in GET /v1/models, or have this one named in Serving:Preload.");
    public static readonly ProblemKind ModelUnavailable = Add("model-unavailable", 503, "Model unavailable",
        "Retry later; GET /v1/models/{model} says why.");
    public static readonly ProblemKind RunFailed = Add("run-failed", 503, "Run failed", "Retry; the next run is independent of this one.");
    public static readonly ProblemKind NotFound = Add("not-found", 404, "Not found", "See /swagger for what exists.");
    public static readonly ProblemKind MethodNotAllowed = Add("method-not-allowed", 405, "Method not allowed",
        "Use a method of the Allow header.");
    public static readonly ProblemKind MediaTypeUnsupported = Add("media-type-unsupported", 415, "Unsupported Content-Type",
        "Send an image, multipart/form-data or application/json.");
    public static readonly ProblemKind ContentEncodingUnsupported = Add("content-encoding-unsupported", 415, "Unsupported Content-Encoding",
        "Send the body uncompressed; pictures are compressed already.");
    public static readonly ProblemKind ImageFormatUnsupported = Add("image-format-unsupported", 415, "Unsupported image format",
        "Send JPEG, PNG, WebP, GIF, TIFF or AVIF.");
    public static readonly ProblemKind ImageUnreadable = Add("image-unreadable", 422, "Unreadable image",
        "The file is truncated or corrupt; send it again or repair it.");
    public static readonly ProblemKind ImageTooLarge = Add("image-too-large", 413, "Too many pixels",
        "Scale the picture down; the model sees 224 × 224 pixels of it.");
    public static readonly ProblemKind ImageTooCostly = Add("image-too-costly", 413, "Too costly to decode",
        "Scale the picture down, or send it as a baseline JPEG or a PNG that is not interlaced.");
    public static readonly ProblemKind BodyTooLarge = Add("body-too-large", 413, "Request too large", "Send fewer or smaller pictures.");
    public static readonly ProblemKind TooManyImages = Add("too-many-images", 413, "Too many images",
        "Send several requests; the service batches across them.");
    public static readonly ProblemKind NoImage = Add("no-image", 400, "No image", "Send at least one picture.");
    public static readonly ProblemKind RequestMalformed = Add("request-malformed", 400, "Malformed request",
        "The detail names what could not be read.");
    public static readonly ProblemKind TopKInvalid = Add("top-k-invalid", 400, "Invalid top_k", "Use 1 to the model's number of classes.");
    public static readonly ProblemKind TimeoutInvalid = Add("timeout-invalid", 400, "Invalid X-Request-Timeout",
        "Use seconds, for example 0.5.");
    public static readonly ProblemKind RequestTimeout = Add("request-timeout", 408, "Request timeout",
        "Send the body faster, or a smaller picture.");
    public static readonly ProblemKind TooManyUploads = Add("too-many-uploads", 429, "Too many uploads",
        "Wait as long as Retry-After says; send fewer uploads at once.");
    public static readonly ProblemKind Overloaded = Add("overloaded", 429, "Overloaded",
        "Wait as long as Retry-After says, or allow more time with X-Request-Timeout.");
    public static readonly ProblemKind DeadlineExceeded = Add("deadline-exceeded", 504, "Deadline exceeded",
        "Allow more time with X-Request-Timeout, or retry when the service is less busy.");
    public static readonly ProblemKind ShuttingDown = Add("shutting-down", 503, "Shutting down", "Retry; another replica will answer.");
    public static readonly ProblemKind Internal = Add("internal", 500, "Internal error",
        "Report the traceId; the service's log has the cause.");

    /// <summary>All of them, in the order of the documentation.</summary>
    public static IReadOnlyList<ProblemKind> All => Known;

    public string Type => "/errors/" + Slug;

    private static ProblemKind Add(string slug, int status, string title, string remedy)
    {
        var kind = new ProblemKind(slug, status, title, remedy);
        Known.Add(kind);
        return kind;
    }
}
