using System.Net;
using System.Text;
using System.Text.Json;

namespace InferenceApi.Tests.Endpoints;

public sealed class ClassifyEndpointTests(ApiFactory api) : IClassFixture<ApiFactory>
{
    private static readonly byte[] Picture = SmallPng.Rgb(300, 260);

    [Theory]
    [InlineData("image/png")]
    [InlineData("image/jpeg")]
    [InlineData("application/octet-stream")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task RawBody_OfWhateverDeclaredType_IsClassified(string? type)
    {
        using HttpResponseMessage answer = await api.ClassifyAsync(Picture, type);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        JsonElement json = await ApiFactory.JsonOf(answer);
        Assert.Equal(ApiFactory.Model, json.GetProperty("model").GetString());
        Assert.Equal("1", json.GetProperty("version").GetString());
        Assert.Equal("synthetic", json.GetProperty("weights").GetString());
        Assert.Equal("fp32", json.GetProperty("precision").GetString());
        JsonElement result = Assert.Single(json.GetProperty("results").EnumerateArray());
        Assert.False(result.TryGetProperty("name", out _));
        Assert.Equal(300, result.GetProperty("width").GetInt32());
        Assert.Equal(260, result.GetProperty("height").GetInt32());
        Assert.Equal(5, result.GetProperty("predictions").GetArrayLength());
    }

    [Fact]
    public async Task Predictions_AreRanked_AndAllClassesSumToOne()
    {
        using HttpResponseMessage answer = await api.ClassifyAsync(Picture, query: "?top_k=1000");

        JsonElement[] predictions =
            [.. (await ApiFactory.JsonOf(answer)).GetProperty("results")[0].GetProperty("predictions").EnumerateArray()];
        double[] probabilities = [.. predictions.Select(each => each.GetProperty("probability").GetDouble())];
        Assert.Equal(1000, probabilities.Length);
        Assert.Equal(probabilities.OrderDescending(), probabilities);
        Assert.Equal(1, probabilities.Sum(), 3);
        Assert.Equal(1000, predictions.Select(each => each.GetProperty("index").GetInt32()).Distinct().Count());
    }

    [Fact]
    public async Task Answer_TellsWhereTheTimeWent()
    {
        using HttpResponseMessage answer = await api.ClassifyAsync(Picture);
        string timing = Assert.Single(answer.Headers.GetValues("Server-Timing"));
        string[] stages = ["read", "admit", "slot", "decode", "prepare", "queue", "run", "rank"];
        Assert.Matches($@"^{string.Concat(stages.Select(stage => $@"{stage};dur=[\d.]+, "))}batch;desc=""\d+""$", timing);
    }

    [Fact]
    public async Task Form_OfSeveralFiles_AnswersEach_InOrder()
    {
        using HttpResponseMessage answer =
            await api.ClassifyFormAsync(("a.png", SmallPng.Rgb(10, 20)), ("b.png", SmallPng.Rgb(30, 40)), ("c.png", SmallPng.Rgb(50, 60)));

        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        JsonElement[] results = [.. (await ApiFactory.JsonOf(answer)).GetProperty("results").EnumerateArray()];
        Assert.Equal(["a.png", "b.png", "c.png"], results.Select(each => each.GetProperty("name").GetString()));
        Assert.Equal([10, 30, 50], results.Select(each => each.GetProperty("width").GetInt32()));
    }

    [Fact]
    public async Task BadImageAmongGoodOnes_FailsAlone()
    {
        using HttpResponseMessage answer = await api.ClassifyFormAsync(
            ("good.png", Picture), ("broken.png", Picture[..(Picture.Length / 2)]), ("note.txt", "hello"u8.ToArray()));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        JsonElement[] results = [.. (await ApiFactory.JsonOf(answer)).GetProperty("results").EnumerateArray()];
        Assert.Equal(5, results[0].GetProperty("predictions").GetArrayLength());
        Assert.Equal("/errors/image-unreadable", results[1].GetProperty("error").GetProperty("type").GetString());
        Assert.Equal("/errors/image-format-unsupported", results[2].GetProperty("error").GetProperty("type").GetString());
        Assert.False(results[1].TryGetProperty("predictions", out _));
    }

    [Fact]
    public async Task AllImagesBad_IsTheFirstOnesProblem()
    {
        using HttpResponseMessage answer = await api.ClassifyFormAsync(("a.png", Picture[..200]), ("b.txt", "hello"u8.ToArray()));
        JsonElement problem = await Problems.AssertAsync(answer, 422, "image-unreadable");
        Assert.StartsWith("All 2 images failed", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"images": [{"name": "x.png", "b64": "$"}]}""", "x.png")]
    [InlineData("""{"top": {"ignored": [1]}, "images": ["$"]}""", null)]
    [InlineData("""{"images": [{"b64": "data:image/png;base64,$", "name": "ü \"quoted\""}]}""", "ü \"quoted\"")]
    public async Task Json_InEveryForm_IsClassified(string template, string? name)
    {
        string json = template.Replace("$", Convert.ToBase64String(Picture), StringComparison.Ordinal);
        using HttpResponseMessage answer = await api.ClassifyAsync(Encoding.UTF8.GetBytes(json), "application/json; charset=utf-8");

        JsonElement result = (await ApiFactory.JsonOf(answer)).GetProperty("results")[0];
        Assert.Equal(300, result.GetProperty("width").GetInt32());
        Assert.Equal(name, result.TryGetProperty("name", out JsonElement given) ? given.GetString() : null);
    }

    [Fact]
    public async Task Json_WithEscapedSlashes_IsClassified()
    {
        string base64 = Convert.ToBase64String(Picture).Replace("/", "\\/", StringComparison.Ordinal);
        using HttpResponseMessage answer =
            await api.ClassifyAsync(Encoding.UTF8.GetBytes($$"""{"images": ["{{base64}}"]}"""), "application/json");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task TheThreeForms_GiveTheSameAnswer()
    {
        string json = $$"""{"images": ["{{Convert.ToBase64String(Picture)}}"]}""";
        using HttpResponseMessage raw = await api.ClassifyAsync(Picture);
        using HttpResponseMessage form = await api.ClassifyFormAsync(("x.png", Picture));
        using HttpResponseMessage text = await api.ClassifyAsync(Encoding.UTF8.GetBytes(json), "application/json");

        string expected = await PredictionsOf(raw);
        Assert.Equal(expected, await PredictionsOf(form));
        Assert.Equal(expected, await PredictionsOf(text));
    }

    [Fact]
    public async Task ManyConcurrentRequests_EachGetTheirOwnAnswer()
    {
        byte[][] pictures = [.. Enumerable.Range(1, 12).Select(each => SmallPng.Rgb(each * 20, 30))];
        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 48).Select(i => api.ClassifyAsync(pictures[i % 12])));
        for (int i = 0; i < answers.Length; i++)
        {
            Assert.True(answers[i].IsSuccessStatusCode, await answers[i].Content.ReadAsStringAsync());
            JsonElement result = (await ApiFactory.JsonOf(answers[i])).GetProperty("results")[0];
            Assert.Equal((i % 12 + 1) * 20, result.GetProperty("width").GetInt32());
            answers[i].Dispose();
        }
    }

    private static async Task<string> PredictionsOf(HttpResponseMessage answer) =>
        (await ApiFactory.JsonOf(answer)).GetProperty("results")[0].GetProperty("predictions").GetRawText();
}
