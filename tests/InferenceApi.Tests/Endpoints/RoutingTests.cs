using System.Net;
using System.Text.Json;
using InferenceApi.Endpoints.Problems;
using ModelStore;

namespace InferenceApi.Tests.Endpoints;

public sealed class RoutingTests(ApiFactory api) : IClassFixture<ApiFactory>
{
    private static readonly byte[] Picture = SmallPng.Rgb(8, 8);

    [Fact]
    public async Task UnknownModel_Is404_WithTheKnownNames()
    {
        using HttpResponseMessage answer = await api.ClassifyAsync(Picture, model: "resnet51");
        JsonElement problem = await Problems.AssertAsync(answer, 404, "model-unknown");
        Assert.All(ModelCatalog.Entries, entry => Assert.Contains(entry.Name, problem.GetProperty("detail").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task KnownButAbsentModel_Is404_AndSaysHowToInstallIt()
    {
        using HttpResponseMessage answer = await api.ClassifyAsync(Picture, model: "resnet18_ssl");
        JsonElement problem = await Problems.AssertAsync(answer, 404, "model-not-installed");
        Assert.Contains("dotnet run --project tools/export -- resnet18_ssl", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
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
        Assert.Equal(["GET"], answer.Content.Headers.Allow);
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
        Assert.Equal(Enum.GetValues<ProblemKind>().Length, types.Length);
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
