using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Imaging.Tests;

namespace InferenceApi.Tests.Endpoints;

/// <summary>Every bad input has one documented answer.</summary>
public sealed class ClassifyRefusalTests(ApiFactory api) : IClassFixture<ApiFactory>
{
    private static readonly byte[] Picture = SmallPng.Rgb(64, 64);

    [Theory]
    [InlineData("hello, this is text")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>")]
    [InlineData("<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>")]
    [InlineData("%PDF-1.7\n1 0 obj\n<<>>\nendobj")]
    [InlineData("P6 1 1 255\nabc")]
    public async Task WhatIsNoPictureFormat_Is415(string content)
    {
        using HttpResponseMessage answer = await api.ClassifyAsync(Encoding.UTF8.GetBytes(content), "image/png");
        await Problems.AssertAsync(answer, 415, "image-format-unsupported");
    }

    [Fact]
    public async Task EmptyBody_Is400()
    {
        using HttpResponseMessage answer = await api.ClassifyAsync([], "image/png");
        await Problems.AssertAsync(answer, 400, "no-image");
    }

    [Fact]
    public async Task TruncatedPng_Is422()
    {
        using HttpResponseMessage answer = await api.ClassifyAsync(Picture[..(Picture.Length * 2 / 3)]);
        await Problems.AssertAsync(answer, 422, "image-unreadable");
    }

    [Theory]
    [InlineData(60_000, 60_000)]
    [InlineData(1, 500_000_000)]
    public async Task HugeHeader_Is413_FromTheHeaderAlone(int width, int height)
    {
        using HttpResponseMessage answer = await api.ClassifyAsync(SmallPng.HeaderOnly(width, height));
        await Problems.AssertAsync(answer, 413, "image-too-large");
    }

    [Fact]
    public async Task PictureThatTakesTooLongToDecode_Is413_FromTheHeaderAlone()
    {
        using HttpResponseMessage answer = await api.ClassifyAsync(CostlyPictures.EmptyScans(9_459, scans: 100), "image/jpeg");
        await Problems.AssertAsync(answer, 413, "image-too-costly");
    }

    [Fact]
    public async Task DecompressionBomb_Is413_AndCostsNothing()
    {
        byte[] bomb = SmallPng.Bomb();
        using HttpResponseMessage warm = await api.ClassifyAsync(bomb);
        long memory = Process.GetCurrentProcess().WorkingSet64;
        long start = Stopwatch.GetTimestamp();

        using HttpResponseMessage answer = await api.ClassifyAsync(bomb);

        await Problems.AssertAsync(answer, 413, "image-too-large");
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.InRange(Process.GetCurrentProcess().WorkingSet64 - memory, long.MinValue, 200L << 20);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("multipart/mixed; boundary=x")]
    public async Task WrongContentType_Is415_AndNamesTheRightOnes(string type)
    {
        using HttpResponseMessage answer = await api.ClassifyAsync(Picture, type);
        JsonElement problem = await Problems.AssertAsync(answer, 415, "media-type-unsupported");
        Assert.Contains("multipart/form-data", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CompressedBody_Is415()
    {
        using HttpClient client = api.CreateClient();
        using var content = new ByteArrayContent(Picture);
        content.Headers.ContentEncoding.Add("gzip");
        using HttpResponseMessage answer = await client.PostAsync($"/v1/models/{ApiFactory.Model}:classify", content);
        await Problems.AssertAsync(answer, 415, "content-encoding-unsupported");
    }

    [Fact]
    public async Task FormWithoutFiles_Is400()
    {
        using HttpClient client = api.CreateClient();
        using var form = new MultipartFormDataContent { { new StringContent("5"), "top_k" } };
        using HttpResponseMessage answer = await client.PostAsync($"/v1/models/{ApiFactory.Model}:classify", form);
        await Problems.AssertAsync(answer, 400, "no-image");
    }

    [Fact]
    public async Task TwoHundredFiles_Are413()
    {
        using HttpResponseMessage answer =
            await api.ClassifyFormAsync([.. Enumerable.Range(0, 200).Select(i => ($"{i}.png", SmallPng.Rgb(1, 1)))]);
        await Problems.AssertAsync(answer, 413, "too-many-images");
    }

    [Theory]
    [InlineData("multipart/form-data")]
    [InlineData("multipart/form-data; boundary=")]
    [InlineData("multipart/form-data; boundary=abc")]
    public async Task BrokenForm_Is400(string type)
    {
        using HttpResponseMessage answer = await api.ClassifyAsync(
            "--abc\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a\"\r\n\r\nno end"u8.ToArray(), type);
        await Problems.AssertAsync(answer, 400, "request-malformed");
    }

    [Fact]
    public async Task BodyOverTheLimit_Is413_WithAndWithoutALength()
    {
        byte[] body = new byte[ApiFactory.MaxRequestBytes + 1];
        using HttpResponseMessage announced = await api.ClassifyAsync(body);
        await Problems.AssertAsync(announced, 413, "body-too-large");

        using HttpClient client = api.CreateClient();
        using var request = new HttpRequestMessage(
            HttpMethod.Post, $"/v1/models/{ApiFactory.Model}:classify")
        { Content = new StreamContent(new MemoryStream(body)) };
        request.Headers.TransferEncodingChunked = true;
        using HttpResponseMessage chunked = await client.SendAsync(request);
        await Problems.AssertAsync(chunked, 413, "body-too-large");
    }

    [Theory]
    [InlineData("{\"images\": [\"!!!not base64!!!\"]}")]
    [InlineData("{\"images\": [{\"b64\": \"AAA\"}]}")]
    [InlineData("{\"images\": \"AAAA\"}")]
    [InlineData("{\"images\": [{\"name\": \"x\"}]}")]
    [InlineData("{\"images\": [5]}")]
    [InlineData("{\"images\": [\"AAAA\"")]
    [InlineData("{\"images\": [\"AAAA\"]} trailing")]
    [InlineData("{\"images\": [{\"b64\": \"AAAA\", \"b64\": \"AAAA\"}]}")]
    [InlineData("[]")]
    [InlineData("nonsense")]
    [InlineData("{\"x\": [[[[[[[[[[[[1]]]]]]]]]]]]}")]
    public async Task BrokenJson_Is400(string json)
    {
        using HttpResponseMessage answer = await api.ClassifyAsync(Encoding.UTF8.GetBytes(json), "application/json");
        await Problems.AssertAsync(answer, 400, "request-malformed");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"images\": []}")]
    public async Task JsonWithoutImages_Is400(string json)
    {
        using HttpResponseMessage answer = await api.ClassifyAsync(Encoding.UTF8.GetBytes(json), "application/json");
        await Problems.AssertAsync(answer, 400, "no-image");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1001")]
    [InlineData("abc")]
    [InlineData("")]
    [InlineData("1.5")]
    [InlineData("99999999999")]
    [InlineData("5&top_k=6")]
    public async Task TopKOutOfRange_Is400(string topK)
    {
        using HttpResponseMessage answer = await api.ClassifyAsync(Picture, query: $"?top_k={topK}");
        await Problems.AssertAsync(answer, 400, "top-k-invalid");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("abc")]
    [InlineData("NaN")]
    [InlineData("1e99")]
    [InlineData("301")]
    public async Task TimeoutOutOfRange_Is400(string timeout)
    {
        using HttpClient client = api.CreateClient();
        client.DefaultRequestHeaders.Add("X-Request-Timeout", timeout);
        using HttpResponseMessage answer = await client.PostAsync($"/v1/models/{ApiFactory.Model}:classify", new ByteArrayContent(Picture));
        await Problems.AssertAsync(answer, 400, "timeout-invalid");
    }
}
