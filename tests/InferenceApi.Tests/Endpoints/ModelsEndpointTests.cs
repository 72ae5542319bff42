using System.Text.Json;
using ModelStore;

namespace InferenceApi.Tests.Endpoints;

public sealed class ModelsEndpointTests(ApiFactory api) : IClassFixture<ApiFactory>
{
    [Fact]
    public async Task List_NamesTheTwelve_AndWhichAreInstalled()
    {
        JsonElement[] models = [.. (await GetAsync("/v1/models")).GetProperty("models").EnumerateArray()];

        Assert.Equal(ModelCatalog.Entries.Select(entry => entry.Name).Order(), models.Select(Name).Order());
        JsonElement installed = Assert.Single(models, model => model.GetProperty("installed").GetBoolean());
        Assert.Equal(ApiFactory.Model, Name(installed));
        Assert.Equal("synthetic", installed.GetProperty("weights").GetString());
        Assert.False(installed.TryGetProperty("top1", out _), "synthetic weights have no accuracy");
        Assert.All(models.Where(model => Name(model) != ApiFactory.Model),
            model => Assert.Equal("notInstalled", model.GetProperty("state").GetString()));
        Assert.Equal("resnext101_32x16d_swsl",
            Name(Assert.Single(models, model => model.TryGetProperty("knownBad", out JsonElement bad) && bad.GetBoolean())));
    }

    [Fact]
    public async Task Detail_OfALoadedModel_HasProvenance_Recipe_AndCurve()
    {
        using (await api.ClassifyAsync(SmallPng.Rgb(8, 8)))
        {
        }

        JsonElement model = await GetAsync($"/v1/models/{ApiFactory.Model}");

        Assert.True(model.GetProperty("ready").GetBoolean());
        Assert.Equal("ready", model.GetProperty("state").GetString());
        Assert.Equal(1000, model.GetProperty("classes").GetInt32());
        Assert.Equal(64, model.GetProperty("provenance").GetProperty("modelSha256").GetString()!.Length);
        Assert.Equal(256, model.GetProperty("preprocessing").GetProperty("resize").GetInt32());
        Assert.Equal(1, model.GetProperty("batchLatency")[0].GetProperty("batch").GetInt32());
        Assert.True(model.GetProperty("batchLatency")[0].GetProperty("milliseconds").GetDouble() > 0);
    }

    [Fact]
    public async Task Detail_OfAPublishedModel_ShowsPublishedAndMeasuredAccuracy()
    {
        JsonElement model = await GetAsync("/v1/models/resnext101_32x16d_swsl");

        Assert.False(model.GetProperty("ready").GetBoolean());
        JsonElement accuracy = model.GetProperty("accuracy");
        Assert.Equal(84.8, accuracy.GetProperty("top1Published").GetDouble());
        Assert.Equal(83.34, accuracy.GetProperty("top1Measured").GetDouble());
        Assert.True(accuracy.GetProperty("knownBad").GetBoolean());
        Assert.Equal("CC-BY-NC-4.0", model.GetProperty("licence").GetString());
    }

    [Fact]
    public async Task Detail_OfAnUnknownModel_Is404()
    {
        using HttpClient client = api.CreateClient();
        using HttpResponseMessage answer = await client.GetAsync("/v1/models/nothing");
        await Problems.AssertAsync(answer, 404, "model-unknown");
    }

    private static string Name(JsonElement model) => model.GetProperty("name").GetString()!;

    private async Task<JsonElement> GetAsync(string path)
    {
        using HttpClient client = api.CreateClient();
        using HttpResponseMessage answer = await client.GetAsync(path);
        return await ApiFactory.JsonOf(answer);
    }
}
