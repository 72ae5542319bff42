using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace InferenceApi.Endpoints.Uploads;

/// <summary>multipart/form-data: every part that is a file is an image, whatever its field is called; top_k is read too.</summary>
internal static class MultipartUpload
{
    public static async ValueTask ReadAsync(
        Stream body, MediaTypeHeaderValue type, Upload upload, UploadOptions options, CancellationToken cancellationToken)
    {
        string boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        // RFC 2046 allows 70 characters.
        if (boundary.Length is 0 or > 70) throw UploadException.Malformed("The multipart Content-Type has no boundary of 1 to 70 characters.");
        var counted = new CountedStream(body, options.MaxRequestBytes);
        var reader = new MultipartReader(boundary, counted);
        try
        {
            while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
                await ReadSectionAsync(section, upload, options, cancellationToken);
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw UploadException.Malformed("The multipart body is malformed or ends early.");
        }
    }

    private static async ValueTask ReadSectionAsync(
        MultipartSection section, Upload upload, UploadOptions options, CancellationToken cancellationToken)
    {
        bool known = ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? disposition);
        if (!known || !IsImage(section, disposition!))
        {
            if (known && HeaderUtilities.RemoveQuotes(disposition!.Name) == "top_k")
                upload.TopK = await ReadTextAsync(section.Body, cancellationToken);
            await section.Body.DrainAsync(cancellationToken);
            return;
        }

        string name = HeaderUtilities.RemoveQuotes(disposition!.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).ToString();
        var bytes = new PooledBytes();
        upload.Add(new UploadedImage(name.Length == 0 ? null : name, bytes), options.MaxImages);
        await bytes.ReadAsync(section.Body, options.MaxRequestBytes, cancellationToken);
    }

    /// <summary>A short text; of a longer one its beginning.</summary>
    private static async ValueTask<string> ReadTextAsync(Stream body, CancellationToken cancellationToken)
    {
        const int Longest = 16;
        byte[] text = new byte[Longest];
        int read = await body.ReadAtLeastAsync(text, Longest, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(text, 0, read);
    }

    private static bool IsImage(MultipartSection section, ContentDispositionHeaderValue disposition) =>
        disposition.IsFileDisposition() || section.ContentType?.StartsWith("image/", StringComparison.OrdinalIgnoreCase) == true;
}
