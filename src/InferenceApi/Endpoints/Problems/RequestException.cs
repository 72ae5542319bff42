namespace InferenceApi.Endpoints.Problems;

/// <summary>The request's headers, parameters or shape are wrong; no image was inspected.</summary>
internal sealed class RequestException(ProblemKind kind, string detail, TimeSpan? retryAfter = null) : Exception(detail)
{
    public ProblemKind Kind { get; } = kind;

    /// <summary>Time until a retry may succeed; null where it cannot.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>An example of valid JSON.</summary>
    public const string JsonExample = "{\"images\": [{\"name\": \"dog.jpg\", \"b64\": \"…\"}]}";

    public static RequestException TooLarge(long limit) =>
        new(ProblemKind.BodyTooLarge, $"The request body is larger than the limit of {limit} bytes (Uploads:MaxRequestBytes).");

    public static RequestException TooMany(int limit) =>
        new(ProblemKind.TooManyImages,
            $"The request has more than {limit} images (Uploads:MaxImages). Send several requests; the service batches across requests.");

    public static RequestException NoImage() =>
        new(ProblemKind.NoImage,
            $"The request carries no image. Send the file as the body, as a file field of a form, or as JSON: {JsonExample}.");

    /// <param name="rate">The floor, bytes a second.</param>
    public static RequestException TooSlow(int rate) =>
        new(ProblemKind.RequestTimeout,
            $"The body came too slowly; the service waits for at least {rate} bytes a second (Uploads:MinRate).");

    public static RequestException TooLate() =>
        new(ProblemKind.RequestTimeout, "The body was not complete in the time that the request was allowed.");

    public static RequestException Malformed(string detail) => new(ProblemKind.RequestMalformed, detail);
}
