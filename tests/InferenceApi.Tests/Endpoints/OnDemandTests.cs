using System.Net;
using System.Text.Json;
using TestKit;

namespace InferenceApi.Tests.Endpoints;

/// <summary>Where requests may not load models, they load none.</summary>
public sealed class OnDemandTests
{
    private const string Other = "birds";

    [Fact]
    public async Task OnDemandOff_ServesThePreloadedModels_AndLoadsNoOther()
    {
        using var api = new ApiFactory();
        api.Settings["Serving:OnDemand"] = "false";
        api.Settings["Serving:Preload:0"] = ApiFactory.Model;
        api.Store.Install(Other, TinyOnnx.Create(224, ApiFactory.Classes), 224, ApiFactory.Classes);
        using HttpClient client = api.CreateClient();

        using HttpResponseMessage refused = await api.ClassifyAsync(SmallPng.Rgb(20, 20), model: Other);
        JsonElement problem = await Problems.AssertAsync(refused, 404, "model-not-served");
        Assert.Contains("Serving:OnDemand", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        JsonElement status = await ApiFactory.JsonOf(await client.GetAsync(new Uri($"/v1/models/{Other}", UriKind.Relative)));
        Assert.Equal("unloaded", status.GetProperty("state").GetString());

        using HttpResponseMessage served = await api.ClassifyAsync(SmallPng.Rgb(20, 20));
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
    }
}
