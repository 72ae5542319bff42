using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using InferenceApi.Classification;
using InferenceApi.Endpoints.Problems;
using InferenceApi.Endpoints.Requests;

namespace InferenceApi.Endpoints.Uploads;

/// <summary>
/// JSON with base64: <c>{"images": [{"name": "dog.jpg", "b64": "…"}, "…"]}</c>. An image is an object with b64 and an optional name, or
/// just the base64 text; a <c>data:</c> prefix is allowed. An image whose base64 is invalid fails alone.
/// </summary>
internal static class JsonUpload
{
    private const string Shape = $"Send {RequestException.JsonExample}.";
    private const int MaxDepth = 8;
    private const int MaxNameLength = 1024;

    public static async ValueTask ReadAsync(BodyReading body, EncodedImages images, UploadOptions options)
    {
        using var json = new PooledBytes(body);
        await json.ReadAsync(body);
        try
        {
            Read(json.Memory.Span, body, images, options.MaxImages);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // The position helps; the parser's own words would repeat the client's bytes.
            string where = failure is JsonException { LineNumber: { } line, BytePositionInLine: { } column }
                ? $" at line {line + 1}, byte {column + 1}" : "";
            throw RequestException.Malformed($"The body is not the JSON that is expected{where}. {Shape}");
        }
    }

    private static void Read(ReadOnlySpan<byte> json, BodyReading body, EncodedImages images, int maxImages)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isImages = reader.ValueTextEquals("images"u8), isTopK = reader.ValueTextEquals("top_k"u8);
            reader.Read();
            if (isTopK) images.TopK = TopK.Parse(ReadTopK(ref reader));
            if (!isImages)
            {
                reader.Skip();
                continue;
            }

            if (reader.TokenType != JsonTokenType.StartArray)
                throw RequestException.Malformed($"The member images is not an array. {Shape}");
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) images.Add(ReadImage(ref reader, body), maxImages);
        }

        // Whatever follows the object is read, so that trailing garbage is refused.
        while (reader.Read())
        {
        }
    }

    /// <summary>A number or its text; longer text is cut for the message.</summary>
    private static string ReadTopK(ref Utf8JsonReader reader)
    {
        const int Longest = 16;
        if (reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String)) return reader.TokenType.ToString();
        return Encoding.UTF8.GetString(reader.ValueSpan[..Math.Min(Longest, reader.ValueSpan.Length)]);
    }

    private static EncodedImage ReadImage(ref Utf8JsonReader reader, BodyReading body)
    {
        if (reader.TokenType == JsonTokenType.String) return Decode(ref reader, body);
        if (reader.TokenType != JsonTokenType.StartObject)
            throw RequestException.Malformed($"An element of images is neither an object nor text. {Shape}");
        string? name = null;
        EncodedImage? image = null;
        try
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isName = reader.ValueTextEquals("name"u8);
                bool isData = reader.ValueTextEquals("b64"u8);
                reader.Read();
                if (isName && reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= MaxNameLength)
                    name = reader.GetString();
                else if (isData && reader.TokenType == JsonTokenType.String && image is null) image = Decode(ref reader, body);
                else if (isName || isData)
                    throw RequestException.Malformed($"A member of an image is not a short text or occurs twice. {Shape}");
                else reader.Skip();
            }

            return image is null ? throw RequestException.Malformed($"An image has no member b64. {Shape}") : image with { Name = name };
        }
        catch
        {
            image?.Dispose();
            throw;
        }
    }

    private static EncodedImage Decode(ref Utf8JsonReader reader, BodyReading body)
    {
        var bytes = new PooledBytes(body, reader.ValueSpan.Length);
        try
        {
            // Unescaped first: some encoders write every '/' of the base64 as '\/'.
            Span<byte> room = bytes.Reserve(reader.ValueSpan.Length).Span;
            Span<byte> text = room[..reader.CopyString(room)];
            int start = text.StartsWith("data:"u8) ? text.IndexOf((byte)',') + 1 : 0;
            text[start..].CopyTo(text);
            text = text[..^start];
            if (Base64.DecodeFromUtf8InPlace(text, out int written) != OperationStatus.Done)
                return new EncodedImage(null, bytes, RequestException.Malformed("The image's base64 is invalid."));
            bytes.Advance(written);
            return new EncodedImage(null, bytes);
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (!reader.Read() || reader.TokenType != type) throw RequestException.Malformed($"The body is not a JSON object. {Shape}");
    }
}
