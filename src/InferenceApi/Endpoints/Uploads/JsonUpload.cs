using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using InferenceApi.Endpoints.Problems;

namespace InferenceApi.Endpoints.Uploads;

/// <summary>
/// JSON with base64: <c>{"images": [{"name": "dog.jpg", "b64": "…"}, "…"]}</c>. An image is an object with b64 and an optional name, or
/// just the base64 text; a <c>data:</c> prefix is allowed. An image whose base64 is invalid fails alone.
/// </summary>
internal static class JsonUpload
{
    /// <summary>The JSON that is wanted.</summary>
    public const string Example = "{\"images\": [{\"name\": \"dog.jpg\", \"b64\": \"…\"}]}";

    private const string Shape = $"Send {Example}.";
    private const int MaxDepth = 8;
    private const int MaxNameLength = 1024;

    public static async ValueTask ReadAsync(Stream body, Upload upload, UploadOptions options, CancellationToken cancellationToken)
    {
        using var json = new PooledBytes();
        await json.ReadAsync(body, options.MaxRequestBytes, cancellationToken);
        try
        {
            Read(json.Memory.Span, upload, options.MaxImages);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // The position helps; the parser's own words would repeat the client's bytes.
            string where = failure is JsonException { LineNumber: { } line, BytePositionInLine: { } column } ? $" at line {line + 1}, byte {column + 1}" : "";
            throw UploadException.Malformed($"The body is not the JSON that is expected{where}. {Shape}");
        }
    }

    private static void Read(ReadOnlySpan<byte> json, Upload upload, int maxImages)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool images = reader.ValueTextEquals("images"u8), topK = reader.ValueTextEquals("top_k"u8);
            reader.Read();
            if (topK) upload.TopK = ReadTopK(ref reader);
            if (!images)
            {
                reader.Skip();
                continue;
            }

            if (reader.TokenType != JsonTokenType.StartArray) throw UploadException.Malformed($"The member images is not an array. {Shape}");
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) upload.Add(ReadImage(ref reader), maxImages);
        }

        // Whatever follows the object is read, so that trailing garbage is refused.
        while (reader.Read())
        {
        }
    }

    /// <summary>A number or its text; of anything longer as much as tells the caller what was meant.</summary>
    private static string ReadTopK(ref Utf8JsonReader reader)
    {
        const int Longest = 16;
        if (reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String)) return reader.TokenType.ToString();
        return Encoding.UTF8.GetString(reader.ValueSpan[..Math.Min(Longest, reader.ValueSpan.Length)]);
    }

    private static UploadedImage ReadImage(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String) return Decode(ref reader);
        if (reader.TokenType != JsonTokenType.StartObject) throw UploadException.Malformed($"An element of images is neither an object nor text. {Shape}");
        string? name = null;
        UploadedImage? image = null;
        try
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isName = reader.ValueTextEquals("name"u8);
                bool isData = reader.ValueTextEquals("b64"u8);
                reader.Read();
                if (isName && reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= MaxNameLength) name = reader.GetString();
                else if (isData && reader.TokenType == JsonTokenType.String && image is null) image = Decode(ref reader);
                else if (isName || isData) throw UploadException.Malformed($"A member of an image is not a short text or occurs twice. {Shape}");
                else reader.Skip();
            }

            return image is null ? throw UploadException.Malformed($"An image has no member b64. {Shape}") : image with { Name = name };
        }
        catch
        {
            image?.Dispose();
            throw;
        }
    }

    private static UploadedImage Decode(ref Utf8JsonReader reader)
    {
        var bytes = new PooledBytes();
        try
        {
            // Unescaped first: some encoders write every '/' of the base64 as '\/'.
            Span<byte> room = bytes.Reserve(reader.ValueSpan.Length).Span;
            Span<byte> text = room[..reader.CopyString(room)];
            int start = text.StartsWith("data:"u8) ? text.IndexOf((byte)',') + 1 : 0;
            text[start..].CopyTo(text);
            text = text[..^start];
            if (Base64.DecodeFromUtf8InPlace(text, out int written) != OperationStatus.Done)
                return new UploadedImage(null, bytes, new Problem(ProblemKind.RequestMalformed, "The image's base64 is invalid."));
            bytes.Advance(written);
            return new UploadedImage(null, bytes);
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (!reader.Read() || reader.TokenType != type) throw UploadException.Malformed($"The body is not a JSON object. {Shape}");
    }
}
