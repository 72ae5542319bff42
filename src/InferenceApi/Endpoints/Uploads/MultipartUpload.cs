using System.Text;
using InferenceApi.Classification;
using InferenceApi.Endpoints.Problems;
using InferenceApi.Endpoints.Requests;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace InferenceApi.Endpoints.Uploads;

/// <summary>multipart/form-data: every part that is a file is an image, whatever its field is called; top_k is read too.</summary>
internal static class MultipartUpload
{
    public static async ValueTask ReadAsync(BodyReading body, MediaTypeHeaderValue type, EncodedImages images, UploadOptions options)
    {
        string boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        // RFC 2046 allows 70 characters.
        if (boundary.Length is 0 or > 70)
            throw RequestException.Malformed("The multipart Content-Type has no boundary of 1 to 70 characters.");
        var reader = new MultipartReader(boundary, body);
        try
        {
            while (await reader.ReadNextSectionAsync() is { } section)
                await ReadSectionAsync(section, body, images, options);
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw RequestException.Malformed("The multipart body is malformed or ends early.");
        }
    }

    private static async ValueTask ReadSectionAsync(MultipartSection section, BodyReading body, EncodedImages images, UploadOptions options)
    {
        bool known = ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? disposition);
        if (!known || !IsImage(section, disposition!))
        {
            if (known && HeaderUtilities.RemoveQuotes(disposition!.Name) == TopK.Parameter)
                images.TopK = TopK.Parse(await ReadTextAsync(section.Body));
            await section.Body.DrainAsync(CancellationToken.None);
            return;
        }

        string name =
            HeaderUtilities.RemoveQuotes(disposition!.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).ToString();
        var bytes = new PooledBytes(body);
        images.Add(new EncodedImage(name.Length == 0 ? null : name, bytes), options.MaxImages);
        await bytes.ReadAsync(section.Body);
    }

    /// <summary>A short text; of a longer one its beginning.</summary>
    private static async ValueTask<string> ReadTextAsync(Stream body)
    {
        const int Longest = 16;
        byte[] text = new byte[Longest];
        int read = await body.ReadAtLeastAsync(text, Longest, throwOnEndOfStream: false);
        return Encoding.UTF8.GetString(text, 0, read);
    }

    private static bool IsImage(MultipartSection section, ContentDispositionHeaderValue disposition) =>
        disposition.IsFileDisposition() || section.ContentType?.StartsWith("image/", StringComparison.OrdinalIgnoreCase) == true;
}
