using InferenceApi.Endpoints.Problems;

namespace InferenceApi.Endpoints.Uploads;

/// <summary>The request's shape is wrong, before any picture is looked at.</summary>
internal sealed class UploadException(ProblemKind kind, string detail) : Exception(detail)
{
    public ProblemKind Kind { get; } = kind;

    public static UploadException TooLarge(long limit) =>
        new(ProblemKind.BodyTooLarge, $"The request body is larger than the limit of {limit} bytes (Uploads:MaxRequestBytes).");

    public static UploadException TooMany(int limit) =>
        new(ProblemKind.TooManyImages, $"The request has more than {limit} images (Uploads:MaxImages). Send several requests; the service batches across requests.");

    public static UploadException NoImage() =>
        new(
            ProblemKind.NoImage,
            $"The request carries no image. Send the file as the body, as a file field of a form, or as JSON: {JsonUpload.Example}.");

    public static UploadException Malformed(string detail) => new(ProblemKind.RequestMalformed, detail);
}
