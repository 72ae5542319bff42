using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using TestKit;

namespace InferenceApi.Tests.Endpoints;

/// <summary>The OpenAPI document as generators and Swagger UI read it, held against what the service answers.</summary>
public sealed class DocumentationTests(ApiFactory api) : IClassFixture<ApiFactory>
{
    private const string Classify = "/v1/models/{model}:classify";

    [Fact]
    public async Task Document_DescribesTheThreeBodyForms_TheParameters_AndEveryProblem()
    {
        using OpenApiDocument document = await OpenApiDocument.OfAsync(api);
        JsonElement post = document.Operation(Classify, "post");

        JsonElement content = post.GetProperty("requestBody").GetProperty("content");
        Assert.Equal(["multipart/form-data", "application/json", "image/*"], content.EnumerateObject().Select(each => each.Name));
        JsonElement form = content.GetProperty("multipart/form-data").GetProperty("schema");
        Assert.Equal("binary", form.GetProperty("properties").GetProperty("image").GetProperty("items").GetProperty("format").GetString());
        Assert.Equal("binary", content.GetProperty("image/*").GetProperty("schema").GetProperty("format").GetString());
        var parameters = post.GetProperty("parameters").EnumerateArray();
        Assert.Equal(["model", "top_k", "X-Request-Timeout"], parameters.Select(each => each.GetProperty("name").GetString()));
        foreach (string status in (string[])["200", "400", "404", "413", "415", "422", "429", "500", "503", "504"])
            Assert.True(post.GetProperty("responses").TryGetProperty(status, out _), status);
        Assert.False(post.GetProperty("responses").TryGetProperty("405", out _));
        Assert.True(post.GetProperty("responses").GetProperty("200").GetProperty("headers").TryGetProperty("Server-Timing", out _));
        Assert.True(post.GetProperty("responses").GetProperty("429").GetProperty("headers").TryGetProperty("Retry-After", out _));
    }

    [Fact]
    public async Task Document_HasAServer_ALicence_AndANameAndAnErrorForEachOperation()
    {
        using OpenApiDocument document = await OpenApiDocument.OfAsync(api);
        Assert.Equal("/", document.Root.GetProperty("servers")[0].GetProperty("url").GetString());
        Assert.Equal("MIT", document.Root.GetProperty("info").GetProperty("license").GetProperty("name").GetString());
        var operations = document.Operations().ToArray();
        string[] names = [.. operations.Select(each => each.Operation.GetProperty("operationId").GetString()!)];
        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.All(
            operations,
            each => Assert.Contains(each.Operation.GetProperty("responses").EnumerateObject(), answer => answer.Name[0] == '4'));
    }

    [Fact]
    public async Task Model_IsAListOfWhatIsInstalled_ThatFollowsTheStore()
    {
        using var own = new ApiFactory();
        own.Settings["Serving:StorePoll"] = "00:00:01";
        Assert.Equal([ApiFactory.Model], await ModelsAsync(own));

        own.Store.Install("another", TinyOnnx.Create(224, ApiFactory.Classes), 224, ApiFactory.Classes);

        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        using var patience = new CancellationTokenSource(Patience.Limit);
        // The store is read in the background, once a poll.
        while ((await ModelsAsync(own)).Length < 2) await timer.WaitForNextTickAsync(patience.Token);
        Assert.Equal(["another", ApiFactory.Model], await ModelsAsync(own));
    }

    [Fact]
    public async Task EveryExample_IsAnswered200()
    {
        using HttpClient client = api.CreateClient(new() { AllowAutoRedirect = false });
        using OpenApiDocument document = await OpenApiDocument.OfAsync(api);
        int bodies = 0;
        foreach ((string path, string verb, JsonElement operation) in document.Operations())
        {
            foreach ((string? type, JsonElement example) in OpenApiDocument.Bodies(operation))
            {
                using var request = new HttpRequestMessage(new HttpMethod(verb), OpenApiDocument.Filled(path, operation));
                if (type is not null)
                {
                    request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(example.GetRawText()));
                    request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
                    bodies++;
                }

                using HttpResponseMessage answer = await client.SendAsync(request);
                string text = await answer.Content.ReadAsStringAsync();
                Assert.True(answer.IsSuccessStatusCode, $"{verb} {request.RequestUri}: {(int)answer.StatusCode} {text}");
                if (answer.Content.Headers.ContentType?.MediaType == "application/json")
                {
                    JsonElement described = OpenApiDocument.Answer(operation, "200", "application/json");
                    document.AssertDescribed(JsonDocument.Parse(text).RootElement, described);
                }
            }
        }

        Assert.Equal(1, bodies);
    }

    [Fact]
    public async Task ExampleOfTheAnswer_IsAnAnswer()
    {
        using OpenApiDocument document = await OpenApiDocument.OfAsync(api);
        JsonElement answer = OpenApiDocument.Answer(document.Operation(Classify, "post"), "200", "application/json");
        document.AssertDescribed(answer.GetProperty("example"), answer);
    }

    [Theory]
    [InlineData("resnet18_ssl", 404)]
    [InlineData("nothing", 404)]
    public async Task Problem_IsAsDescribed(string model, int status)
    {
        using OpenApiDocument document = await OpenApiDocument.OfAsync(api);
        using HttpResponseMessage answer = await api.ClassifyAsync(SmallPng.Rgb(8, 8), model: model);
        Assert.Equal(status, (int)answer.StatusCode);
        JsonElement described = OpenApiDocument.Answer(document.Operation(Classify, "post"), "404", "application/problem+json");
        document.AssertDescribed(await ApiFactory.JsonOf(answer), described);
        Assert.Contains("title", document.Required(described));
    }

    [Fact]
    public async Task Ui_IsServed_WithoutAnythingFromOutside_AndFitsAPhone()
    {
        using HttpClient client = api.CreateClient();
        string page = await client.GetStringAsync("/swagger/index.html");
        Assert.Contains("swagger-ui", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
        Assert.Contains("name=\"viewport\" content=\"width=device-width", page, StringComparison.Ordinal);
    }

    private static async Task<string[]> ModelsAsync(ApiFactory api)
    {
        using OpenApiDocument document = await OpenApiDocument.OfAsync(api);
        JsonElement model = document.Operation(Classify, "post").GetProperty("parameters")[0].GetProperty("schema");
        return [.. model.GetProperty("enum").EnumerateArray().Select(name => name.GetString()!)];
    }
}
