using InferenceApi.Endpoints.Problems;
using Microsoft.Net.Http.Headers;

namespace InferenceApi.Endpoints.Uploads;

/// <summary>The images of one request; disposing it returns their memory.</summary>
internal sealed class Upload : IDisposable
{
    private readonly List<UploadedImage> _images = [];

    public IReadOnlyList<UploadedImage> Images => _images;

    /// <summary>The field or member top_k as the body has it; null where it has none.</summary>
    public string? TopK { get; set; }

    /// <summary>What the headers alone give away: an encoding or a length that will be refused.</summary>
    /// <exception cref="UploadException">It will be refused.</exception>
    public static void Check(HttpRequest request, UploadOptions options)
    {
        string encoding = request.Headers.ContentEncoding.ToString();
        if (encoding.Length > 0 && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            throw new UploadException(ProblemKind.ContentEncodingUnsupported, $"The Content-Encoding '{Printable.Of(encoding)}' is not supported; pictures are compressed already.");
        if (request.ContentLength > options.MaxRequestBytes) throw UploadException.TooLarge(options.MaxRequestBytes);
    }

    /// <summary>Reads the body once, in whichever of the three forms it has.</summary>
    /// <exception cref="UploadException">The request's shape is wrong or beyond a limit.</exception>
    public static async ValueTask<Upload> ReadAsync(HttpRequest request, UploadOptions options, CancellationToken cancellationToken)
    {
        var upload = new Upload();
        try
        {
            await upload.FillAsync(request, options, cancellationToken);
            if (upload._images.Count == 0) throw UploadException.NoImage();
            return upload;
        }
        catch
        {
            upload.Dispose();
            throw;
        }
    }

    public void Add(UploadedImage image, int limit)
    {
        _images.Add(image);
        if (_images.Count > limit) throw UploadException.TooMany(limit);
    }

    public void Dispose()
    {
        foreach (UploadedImage image in _images) image.Dispose();
        _images.Clear();
    }

    private async ValueTask FillAsync(HttpRequest request, UploadOptions options, CancellationToken cancellationToken)
    {
        MediaTypeHeaderValue? type = null;
        if (!string.IsNullOrEmpty(request.ContentType) && !MediaTypeHeaderValue.TryParse(request.ContentType, out type))
            throw Unsupported(request.ContentType);

        string mediaType = type?.MediaType.Value ?? "";
        if (mediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            await MultipartUpload.ReadAsync(request.Body, type!, this, options, cancellationToken);
        else if (mediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
            await JsonUpload.ReadAsync(request.Body, this, options, cancellationToken);
        else if (IsRaw(mediaType))
            await ReadRawAsync(request.Body, options, cancellationToken);
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

    private async ValueTask ReadRawAsync(Stream body, UploadOptions options, CancellationToken cancellationToken)
    {
        var bytes = new PooledBytes();
        Add(new UploadedImage(null, bytes), options.MaxImages);
        await bytes.ReadAsync(body, options.MaxRequestBytes, cancellationToken);
        if (bytes.Length == 0) throw UploadException.NoImage();
    }

    private static UploadException Unsupported(string type) => new(
        ProblemKind.MediaTypeUnsupported,
        $"The Content-Type '{Printable.Of(type)}' is not supported. Send image/* or application/octet-stream, multipart/form-data, or application/json.");
}
