using System.Net;
using System.Text.Json;
using InferenceApi.Endpoints.Problems;
using InferenceApi.Serving;
using Microsoft.Extensions.DependencyInjection;
using ModelStore;
using TestKit;

namespace InferenceApi.Tests.Endpoints;

public sealed class RoutingTests(ApiFactory api) : IClassFixture<ApiFactory>
{
    private static readonly byte[] Picture = SmallPng.Rgb(8, 8);

    [Fact]
    public async Task UnknownModel_Is404_WithTheKnownNames()
    {
        using HttpResponseMessage answer = await api.ClassifyAsync(Picture, model: "resnet51");
        JsonElement problem = await Problems.AssertAsync(answer, 404, "model-unknown");
        Assert.All(ModelCatalog.Entries,
            entry => Assert.Contains(entry.Name, problem.GetProperty("detail").GetString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("resnet50_swls", "Did you mean resnet50_swsl")]
    [InlineData("ResNet50_SWSL", "Did you mean resnet50_swsl")]
    [InlineData("resnet50", "Did you mean resnet50_ssl or resnet50_swsl?")]
    public async Task MistypedModel_IsToldWhatIsInstalled_ThenWhatWasMeant(string model, string hint)
    {
        using HttpResponseMessage answer = await api.ClassifyAsync(Picture, model: model);
        string detail = (await Problems.AssertAsync(answer, 404, "model-unknown")).GetProperty("detail").GetString()!;
        Assert.StartsWith($"There is no model '{model}'. Installed here: {ApiFactory.Model}. {hint}", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KnownButAbsentModel_Is404_AndSaysHowToInstallIt()
    {
        using HttpResponseMessage answer = await api.ClassifyAsync(Picture, model: "resnet18_ssl");
        JsonElement problem = await Problems.AssertAsync(answer, 404, "model-not-installed");
        Assert.Contains(
            "dotnet run --project tools/export -- resnet18_ssl", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("..%2Fetc")]
    [InlineData("%2E%2E%2Fetc%2Fpasswd")]
    [InlineData("..")]
    [InlineData(".staging")]
    [InlineData("a:b")]
    public async Task NameThatIsAPath_Is404_AndTouchesNothing(string model)
    {
        using HttpResponseMessage answer = await api.ClassifyAsync(Picture, model: model);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    public async Task OtherVerbs_Are405_WithAllow(string verb)
    {
        using HttpClient client = api.CreateClient();
        using var request = new HttpRequestMessage(new HttpMethod(verb), $"/v1/models/{ApiFactory.Model}:classify");
        using HttpResponseMessage answer = await client.SendAsync(request);
        await Problems.AssertAsync(answer, 405, "method-not-allowed");
        Assert.Equal(["POST"], answer.Content.Headers.Allow);
    }

    [Fact]
    public async Task PostToTheList_Is405_WithAllow()
    {
        using HttpClient client = api.CreateClient();
        using HttpResponseMessage answer = await client.PostAsync("/v1/models", null);
        await Problems.AssertAsync(answer, 405, "method-not-allowed");
        Assert.Equal(["GET", "HEAD"], answer.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    public async Task OtherVerbsOfAModel_Are405_WithAllow(string verb)
    {
        using HttpClient client = api.CreateClient();
        using var request = new HttpRequestMessage(new HttpMethod(verb), $"/v1/models/{ApiFactory.Model}");
        using HttpResponseMessage answer = await client.SendAsync(request);
        await Problems.AssertAsync(answer, 405, "method-not-allowed");
        Assert.Equal(["GET", "HEAD"], answer.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/health")]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/healthz")]
    [InlineData("/metrics")]
    [InlineData("/errors")]
    [InlineData("/errors/internal")]
    [InlineData("/v1/models")]
    [InlineData($"/v1/models/{ApiFactory.Model}")]
    public async Task Head_AnswersAsGetDoes_WithoutABody(string path)
    {
        using HttpClient client = api.CreateClient();
        Patience.Until(() => api.Services.GetRequiredService<ReadinessState>().IsReady, "the service is ready");
        using HttpResponseMessage get = await client.GetAsync(path);
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using HttpResponseMessage head = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        if (path != "/metrics") Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("/health/live", 200)]
    [InlineData("/v1/models", 200)]
    [InlineData($"/v1/models/{ApiFactory.Model}", 200)]
    [InlineData("/nothing", 404)]
    public async Task Json_HasItsLength_AndNoCharset(string path, int status)
    {
        using HttpClient client = api.CreateClient();
        using HttpResponseMessage answer = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal((HttpStatusCode)status, answer.StatusCode);
        Assert.Equal((await answer.Content.ReadAsByteArrayAsync()).Length, answer.Content.Headers.ContentLength);
        Assert.Null(answer.Content.Headers.ContentType!.CharSet);
    }

    [Fact]
    public async Task OtherNames_LeadToTheDocumentAndTheForm()
    {
        using HttpClient client = api.CreateClient(new() { AllowAutoRedirect = false });
        Assert.Equal(await client.GetStringAsync("/swagger/v1/swagger.json"), await client.GetStringAsync("/openapi.json"));
        using HttpResponseMessage docs = await client.GetAsync("/docs");
        Assert.Equal("/swagger/index.html", docs.Headers.Location?.ToString());
    }

    [Theory]
    [InlineData("/nothing")]
    [InlineData("/v1/models/resnet50_swsl/nothing")]
    [InlineData("/errors/nothing")]
    public async Task UnknownAddress_Is404_AsAProblem(string path)
    {
        using HttpClient client = api.CreateClient();
        using HttpResponseMessage answer = await client.GetAsync(path);
        await Problems.AssertAsync(answer, 404, "not-found");
    }

    [Fact]
    public async Task UnknownVerbOfAModel_IsNotFound()
    {
        using HttpClient client = api.CreateClient();
        using HttpResponseMessage answer = await client.PostAsync($"/v1/models/{ApiFactory.Model}:predict", new ByteArrayContent(Picture));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Errors_ListsEveryKind_AndEachTypeCanBeFollowed()
    {
        using HttpClient client = api.CreateClient();
        using JsonDocument list = JsonDocument.Parse(await client.GetStringAsync("/errors"));
        string[] types = [.. list.RootElement.EnumerateArray().Select(row => row.GetProperty("type").GetString()!)];
        Assert.Equal(ProblemKind.All.Count, types.Length);
        Assert.Equal(types.Length, types.Distinct().Count());
        foreach (string type in types)
        {
            using HttpResponseMessage answer = await client.GetAsync(type);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Root_SendsPeopleToTheForm_AndAnswersPrograms()
    {
        using HttpClient client = api.CreateClient(new() { AllowAutoRedirect = false });
        using HttpResponseMessage program = await client.GetAsync("/");
        Assert.Equal("alive", (await ApiFactory.JsonOf(program)).GetProperty("status").GetString());
        client.DefaultRequestHeaders.Add("Accept", "text/html");
        using HttpResponseMessage person = await client.GetAsync("/");
        Assert.Equal("/swagger/index.html", person.Headers.Location?.ToString());
    }
}
