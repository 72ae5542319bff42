using InferenceApi.Endpoints.Requests;
using InferenceApi.Serving;
using InferenceApi.Tests.Endpoints;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using TestKit;

namespace InferenceApi.Tests.Hosting;

/// <summary>What the service does with itself before the first caller, on a real socket.</summary>
public sealed class RehearsalTests : IDisposable
{
    private readonly ApiFactory _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Start_RunsTheWalk_BeforeItIsReady_AndCountsAndLogsNothingOfIt()
    {
        // A name of its own: other tests of this process count under the common one.
        const string Model = "rehearsed";
        _api.Store.Install(Model, TinyOnnx.Create(224, ApiFactory.Classes), 224, ApiFactory.Classes);
        _api.Settings["Serving:Preload:0"] = Model;
        _api.Settings["Logging:LogLevel:InferenceApi.Classify"] = "Information";
        _api.UseKestrel(0);
        _api.StartServer();
        using HttpClient client = Client();

        Assert.False(_api.Services.GetRequiredService<ReadinessState>().IsReady);
        await ReadyAsync(client);

        string metrics = await client.GetStringAsync("/metrics");
        // The worker counts its runs, which happened; the walk counts images, which nobody asked for.
        Assert.Matches($"inference_batch_size_count{{model=\"{Model}\"}} 3\n", metrics);
        Assert.DoesNotContain($"inference_images_total{{model=\"{Model}\"", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain($"inference_request_duration_seconds_count{{model=\"{Model}\"", metrics, StringComparison.Ordinal);
        Assert.Empty(_api.Log.Of(1100));
    }

    [Fact]
    public async Task Start_WithoutAModelToPreload_IsReadyWithoutARehearsal()
    {
        _api.UseKestrel(0);
        _api.StartServer();
        using HttpClient client = Client();

        await ReadyAsync(client);

        Assert.Null(await _api.Services.GetRequiredService<ServedModels>().FindAsync(ApiFactory.Model, default));
    }

    [Fact]
    public void Key_IsOfOneProcess_AndOfOneTime()
    {
        var key = new RehearsalKey();
        HttpRequest own = RequestWith(key.Value);

        Assert.True(key.IsOn(own));
        Assert.False(key.IsOn(RequestWith(new RehearsalKey().Value)));
        Assert.False(key.IsOn(new DefaultHttpContext().Request));
        key.Expire();
        Assert.False(key.IsOn(own));
        Assert.False(key.IsOn(RequestWith("")));
    }

    private static HttpRequest RequestWith(string key)
    {
        HttpRequest request = new DefaultHttpContext().Request;
        request.Headers[RehearsalKey.Header] = key;
        return request;
    }

    private static async Task ReadyAsync(HttpClient client)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var patience = new CancellationTokenSource(Patience.Limit);
        while (true)
        {
            using HttpResponseMessage answer = await client.GetAsync("/health/ready", patience.Token);
            if (answer.IsSuccessStatusCode) return;
            await timer.WaitForNextTickAsync(patience.Token);
        }
    }

    private HttpClient Client() => new()
    {
        BaseAddress = new Uri(_api.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()),
    };
}
