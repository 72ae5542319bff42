using System.Net.Http.Headers;
using InferenceApi.Tests.Endpoints;

namespace InferenceApi.Tests.Docs;

/// <summary>The requests people are given to try must work.</summary>
public sealed class RequestFileTests(ApiFactory api) : IClassFixture<ApiFactory>
{
    private static readonly byte[] Picture = SmallPng.Rgb(9, 7);

    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(Pages.PathOf("requests"), "*.http").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task EveryRequest_IsAnsweredWithSuccess(string file)
    {
        // The model is loaded by its first request; what the file allows for an answer is not meant to cover that.
        using (HttpResponseMessage warm = await api.ClassifyAsync(Picture)) warm.EnsureSuccessStatusCode();
        IReadOnlyList<RequestFile.Request> requests = RequestFile.Parse(Pages.Read(Path.Combine("requests", file)), _ => Picture);
        Assert.NotEmpty(requests);
        using HttpClient client = api.CreateClient();
        foreach (RequestFile.Request request in requests)
        {
            using HttpResponseMessage answer = await client.SendAsync(Message(request));
            string text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.IsSuccessStatusCode, $"{request.Title}: {(int)answer.StatusCode} {text}");
            Assert.DoesNotContain("\"error\"", text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("@h = http://a\n\n### no line\n")]
    [InlineData("@h = http://a\n\n### relative\nGET /v1\n")]
    [InlineData("@h = http://a\n\n### unknown variable\nGET {{host}}/v1\n")]
    [InlineData("@h = http://a\n\n### no colon\nGET {{h}}/v1\nAccept\n")]
    public void Parse_BrokenFile_IsRefused(string text) => Assert.Throws<FormatException>(() => RequestFile.Parse(text, _ => []));

    private static HttpRequestMessage Message(RequestFile.Request request)
    {
        var message = new HttpRequestMessage(new HttpMethod(request.Method), request.Url.PathAndQuery);
        if (request.Body.Length > 0) message.Content = new ByteArrayContent(request.Body);
        foreach ((string name, string value) in request.Headers)
        {
            HttpHeaders headers =
                name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) ? message.Content!.Headers : message.Headers;
            Assert.True(headers.TryAddWithoutValidation(name, value), name);
        }

        return message;
    }
}
