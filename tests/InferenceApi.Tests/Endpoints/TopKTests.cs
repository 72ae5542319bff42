using System.Text;
using System.Text.Json;

namespace InferenceApi.Tests.Endpoints;

/// <summary>top_k in the query, in a form and in JSON; what it is mistaken for is refused, never ignored.</summary>
public sealed class TopKTests(ApiFactory api) : IClassFixture<ApiFactory>
{
    private static readonly byte[] Picture = SmallPng.Rgb(8, 8);

    [Theory]
    [InlineData("3")]
    [InlineData("\"3\"")]
    public async Task InJson_IsTaken(string value)
    {
        using HttpResponseMessage answer = await PostJsonAsync(value);
        Assert.Equal(3, await PredictionsAsync(answer));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1001")]
    [InlineData("2.5")]
    [InlineData("{\"k\": 1}")]
    [InlineData("null")]
    [InlineData("\"many, many, many classes\"")]
    public async Task InJson_ThatIsNoCount_Is400(string value)
    {
        using HttpResponseMessage answer = await PostJsonAsync(value);
        await Problems.AssertAsync(answer, 400, "top-k-invalid");
    }

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    public async Task InAForm_IsTaken_BeforeAndAfterTheFile(string place)
    {
        using HttpClient client = api.CreateClient();
        using var form = new MultipartFormDataContent();
        if (place == "before") form.Add(new StringContent("2"), "top_k");
        form.Add(new ByteArrayContent(Picture), "image", "a.png");
        if (place == "after") form.Add(new StringContent("2"), "top_k");
        using HttpResponseMessage answer = await client.PostAsync($"/v1/models/{ApiFactory.Model}:classify", form);
        Assert.Equal(2, await PredictionsAsync(answer));
    }

    [Fact]
    public async Task InQueryAndBody_Is400()
    {
        using HttpResponseMessage answer = await PostJsonAsync("3", "?top_k=3");
        JsonElement problem = await Problems.AssertAsync(answer, 400, "top-k-invalid");
        Assert.Contains("twice", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("topk=3")]
    [InlineData("k=3")]
    [InlineData("top_k=3&verbose=1")]
    public async Task AnotherQueryParameter_Is400_AndNamesTheOneThereIs(string query)
    {
        using HttpResponseMessage answer = await api.ClassifyAsync(Picture, query: "?" + query);
        JsonElement problem = await Problems.AssertAsync(answer, 400, "request-malformed");
        Assert.EndsWith("the only one is top_k.", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task JsonOfAnotherShape_ShowsTheOneThatIsWanted()
    {
        using HttpResponseMessage answer = await api.ClassifyAsync("{\"instances\":[{\"b64\":\"eA==\"}]}"u8.ToArray(), "application/json");
        JsonElement problem = await Problems.AssertAsync(answer, 400, "no-image");
        string detail = problem.GetProperty("detail").GetString()!;
        Assert.Contains("{\"images\": [{\"name\": \"dog.jpg\", \"b64\": \"…\"}]}", detail, StringComparison.Ordinal);
    }

    private static async Task<int> PredictionsAsync(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await ApiFactory.JsonOf(answer)).GetProperty("results")[0].GetProperty("predictions").GetArrayLength();
    }

    private Task<HttpResponseMessage> PostJsonAsync(string topK, string query = "")
    {
        string json = $$"""{"top_k": {{topK}}, "images": [{"b64": "{{Convert.ToBase64String(Picture)}}"}]}""";
        return api.ClassifyAsync(Encoding.UTF8.GetBytes(json), "application/json", query);
    }
}
