using System.Net;
using InferenceApi.Serving;
using Microsoft.Extensions.DependencyInjection;
using TestKit;

namespace InferenceApi.Tests.Endpoints;

public sealed class HealthEndpointsTests
{
    [Fact]
    public async Task WithAPreloadedModel_BecomesReady()
    {
        using var api = new ApiFactory();
        api.Settings["Serving:Preload:0"] = ApiFactory.Model;
        using HttpClient client = api.CreateClient();

        ReadinessState readiness = api.Services.GetRequiredService<ReadinessState>();
        Patience.Until(() => readiness.IsReady, "the preloaded model is warm");

        using HttpResponseMessage ready = await client.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.Equal("no-store", ready.Headers.CacheControl?.ToString());
    }

    [Fact]
    public async Task WithAPreloadThatIsNotInstalled_StaysUnready_AndSaysWhy()
    {
        using var api = new ApiFactory();
        api.Settings["Serving:Preload:0"] = "missing";
        using HttpClient client = api.CreateClient();
        ReadinessState readiness = api.Services.GetRequiredService<ReadinessState>();
        Patience.Until(() => readiness.Reason.Contains("missing", StringComparison.Ordinal), "the preload failed");

        using HttpResponseMessage ready = await client.GetAsync("/health/ready");
        using HttpResponseMessage live = await client.GetAsync("/health/live");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("missing", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }
}
