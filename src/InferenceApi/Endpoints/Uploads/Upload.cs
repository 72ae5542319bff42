using InferenceApi.Classification;
using InferenceApi.Endpoints.Problems;
using InferenceApi.Endpoints.Requests;
using Microsoft.Net.Http.Headers;

namespace InferenceApi.Endpoints.Uploads;

/// <summary>Reads the images of a request's body, in one of the three forms.</summary>
internal static class Upload
{
    /// <summary>Checks the headers: refuses an unsupported encoding and a length beyond the limit.</summary>
    /// <exception cref="RequestException">It will be refused.</exception>
    public static void Check(HttpRequest request, UploadOptions options)
    {
        string encoding = request.Headers.ContentEncoding.ToString();
        if (encoding.Length > 0 && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            throw new RequestException(ProblemKind.ContentEncodingUnsupported,
                $"The Content-Encoding '{SafeText.Of(encoding)}' is not supported; pictures are compressed already.");
        if (request.ContentLength > options.MaxRequestBytes) throw RequestException.TooLarge(options.MaxRequestBytes);
    }

    /// <summary>Reads the body once.</summary>
    /// <exception cref="RequestException">The request's shape is wrong or beyond a limit.</exception>
    /// <exception cref="ClientLeftException">Its connection ended.</exception>
    public static async ValueTask<EncodedImages> ReadAsync(
        HttpRequest request, BodyRoom room, UploadOptions options, CancellationToken cancellation)
    {
        await using BodyReading body = room.Enter(request, cancellation);
        var images = new EncodedImages();
        try
        {
            await FillAsync(images, request, body, options);
            if (images.Count == 0) throw RequestException.NoImage();
            if (images.TopK is not null && TopK.Of(request) is not null) throw TopK.Twice();
            return images;
        }
        catch
        {
            images.Dispose();
            throw;
        }
    }

    /// <summary>Takes an image over, also where it is one too many.</summary>
    /// <exception cref="RequestException">It is.</exception>
    public static void Add(this EncodedImages images, EncodedImage image, int limit)
    {
        images.Add(image);
        if (images.Count > limit) throw RequestException.TooMany(limit);
    }

    private static async ValueTask FillAsync(EncodedImages images, HttpRequest request, BodyReading body, UploadOptions options)
    {
        MediaTypeHeaderValue? type = null;
        if (!string.IsNullOrEmpty(request.ContentType) && !MediaTypeHeaderValue.TryParse(request.ContentType, out type))
            throw Unsupported(request.ContentType);

        string mediaType = type?.MediaType.Value ?? "";
        if (mediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            await MultipartUpload.ReadAsync(body, type!, images, options);
        else if (mediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
            await JsonUpload.ReadAsync(body, images, options);
        else if (IsRaw(mediaType))
            await ReadRawAsync(body, images, options);
        else
            throw Unsupported(mediaType);
    }

    /// <summary>
    /// The declared image type is never believed, so any will do; no type and octet-stream mean bytes; and x-www-form-urlencoded is
    /// what <c>curl --data-binary</c> sends unasked.
    /// </summary>
    private static bool IsRaw(string mediaType) =>
        mediaType.Length == 0
        || mediaType.StartsWith("image/", StringComparison.OrdinalIgnoreCase)
        || mediaType.Equals("application/octet-stream", StringComparison.OrdinalIgnoreCase)
        || mediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);

    private static async ValueTask ReadRawAsync(BodyReading body, EncodedImages images, UploadOptions options)
    {
        var bytes = new PooledBytes(body);
        images.Add(new EncodedImage(null, bytes), options.MaxImages);
        await bytes.ReadAsync(body);
        if (bytes.Length == 0) throw RequestException.NoImage();
    }

    private static RequestException Unsupported(string type) => new(
        ProblemKind.MediaTypeUnsupported,
        $"The Content-Type '{SafeText.Of(type)}' is not supported. Send image/* or application/octet-stream, multipart/form-data, or "
        + "application/json.");
}
