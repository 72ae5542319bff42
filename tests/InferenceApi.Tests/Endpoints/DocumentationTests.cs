using System.Text.Json;

namespace InferenceApi.Tests.Endpoints;

public sealed class DocumentationTests(ApiFactory api) : IClassFixture<ApiFactory>
{
    [Fact]
    public async Task Document_DescribesTheThreeBodyForms_TheParameters_AndEveryProblem()
    {
        using HttpClient client = api.CreateClient();
        using JsonDocument document = JsonDocument.Parse(await client.GetStringAsync("/swagger/v1/swagger.json"));
        JsonElement post = document.RootElement.GetProperty("paths").GetProperty("/v1/models/{model}:classify").GetProperty("post");

        JsonElement content = post.GetProperty("requestBody").GetProperty("content");
        Assert.Equal("binary", content.GetProperty("multipart/form-data").GetProperty("schema").GetProperty("properties").GetProperty("image").GetProperty("items").GetProperty("format").GetString());
        Assert.Equal("binary", content.GetProperty("image/jpeg").GetProperty("schema").GetProperty("format").GetString());
        Assert.True(content.TryGetProperty("application/json", out _));
        Assert.Equal(["model", "top_k", "X-Request-Timeout"], post.GetProperty("parameters").EnumerateArray().Select(each => each.GetProperty("name").GetString()));
        foreach (string status in (string[])["200", "400", "404", "413", "415", "422", "429", "503", "504"])
            Assert.True(post.GetProperty("responses").TryGetProperty(status, out _), status);
    }

    [Fact]
    public async Task Ui_IsServed_WithoutAnythingFromOutside()
    {
        using HttpClient client = api.CreateClient();
        string page = await client.GetStringAsync("/swagger/index.html");
        Assert.Contains("swagger-ui", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
    }
}
