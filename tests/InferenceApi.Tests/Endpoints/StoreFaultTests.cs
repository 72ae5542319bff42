using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json;
using InferenceApi.Serving;
using InferenceApi.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using ModelStore;
using TestKit;

namespace InferenceApi.Tests.Endpoints;

/// <summary>
/// What callers are told of a store that is wrong or does not answer: a sentence, never a path, a digest or a library's words.
/// </summary>
public sealed class StoreFaultTests
{
    private const string Broken = "broken";

    [Theory]
    [InlineData("model.onnx", "x", "a file of it is not the one that its manifest describes.")]
    [InlineData("model.onnx", null, "a file of it is missing or cannot be read.")]
    [InlineData("labels.csv", null, "a file of it is missing or cannot be read.")]
    [InlineData("manifest.json", "{", "its manifest is not valid.")]
    [InlineData("manifest.json", null, "a file of it is missing or cannot be read.")]
    public async Task BrokenModel_IsOneSentenceEverywhere_AndTheLogHasTheRest(string file, string? content, string sentence)
    {
        using var api = new ApiFactory();
        InstalledModel model = api.Store.Install(Broken, TinyOnnx.Create(224, ApiFactory.Classes), 224, ApiFactory.Classes);
        string path = Path.Combine(model.Folder, file);
        File.Delete(path);
        if (content is not null) await File.WriteAllTextAsync(path, content);
        await AssertToldAsync(api, sentence, logged: path);
    }

    [Fact]
    public async Task FileThatIsNoNetwork_IsOneSentence_WithoutTheRuntimesWords()
    {
        using var api = new ApiFactory();
        api.Store.Install(Broken, [1, 2, 3], 224, ApiFactory.Classes);
        await AssertToldAsync(api, "its network cannot be opened.", logged: "ONNX Runtime");
    }

    [Fact]
    public async Task StoreThatBlocks_HoldsUpNeitherListings_NorScrapes_NorTheLoadedModel()
    {
        using var api = new ApiFactory();
        using HttpResponseMessage first = await api.ClassifyAsync(SmallPng.Rgb(8, 8));
        using var blocked = new BlockedManifest(api.Store, "blocked");
        using HttpClient client = api.CreateClient();
        using HttpResponseMessage unknown = await client.GetAsync("/v1/models/stranger").Soon();
        string[] paths = ["/v1/models", $"/v1/models/{ApiFactory.Model}", "/metrics", "/health/ready"];

        HttpResponseMessage[] answers =
            await Task.WhenAll(Enumerable.Range(0, 60).Select(index => client.GetAsync(paths[index % 4]))).Soon();
        using HttpResponseMessage classified = await api.ClassifyAsync(SmallPng.Rgb(8, 8)).Soon();

        await Problems.AssertAsync(unknown, 503, "model-unavailable");
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(HttpStatusCode.OK, classified.StatusCode);
        Assert.True(StoreAge(api) > 0);
    }

    /// <summary>Of this service's own meter: on the page of metrics, services of parallel tests share the series without labels.</summary>
    private static double StoreAge(ApiFactory api)
    {
        Meter meter = api.Services.GetRequiredService<InferenceMetrics>().Meter;
        double age = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == meter && instrument.Name == "inference.store.age") listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => age = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return age;
    }

    private static async Task AssertToldAsync(ApiFactory api, string sentence, string logged)
    {
        api.Settings["Serving:Preload:0"] = Broken;
        using HttpClient client = api.CreateClient();
        Patience.Until(() => api.Log.Of(3002).Count > 0, "the preload failed");
        string told = $"Model '{Broken}' is not available: {sentence}";

        using HttpResponseMessage classified = await api.ClassifyAsync(SmallPng.Rgb(8, 8), model: Broken);
        JsonElement problem = await ApiFactory.JsonOf(classified);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, told), (classified.StatusCode, problem.GetProperty("detail").GetString()));

        Patience.Until(() => api.Services.GetRequiredService<ReadinessState>().Reason == told, "the preload is told");
        using HttpResponseMessage ready = await client.GetAsync("/health/ready");
        Assert.Equal(told, (await ApiFactory.JsonOf(ready)).GetProperty("status").GetString());
        using HttpResponseMessage detail = await client.GetAsync($"/v1/models/{Broken}");
        Assert.Equal(sentence, (await ApiFactory.JsonOf(detail)).GetProperty("error").GetString());
        Assert.Contains(logged, api.Log.Of(3002)[0].Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("TraceId", api.Log.Of(3002)[0].Values.Keys);
    }
}
