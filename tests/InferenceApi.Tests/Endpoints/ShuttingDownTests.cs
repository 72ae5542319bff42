using System.Text.Json;
using InferenceApi.Serving;
using Microsoft.Extensions.DependencyInjection;
using TestKit;

namespace InferenceApi.Tests.Endpoints;

public sealed class ShuttingDownTests
{
    [Fact]
    public async Task RequestThatComesTooLate_Is503_WithTheWordsOfReadiness()
    {
        using var api = new ApiFactory();
        using HttpClient client = api.CreateClient();
        await api.Services.GetRequiredService<ServedModels>().StopAsync(default).Soon();

        using HttpResponseMessage answer = await api.ClassifyAsync(SmallPng.Rgb(8, 8));

        JsonElement problem = await Problems.AssertAsync(answer, 503, "shutting-down");
        Assert.Equal(ReadinessState.Stopping, problem.GetProperty("detail").GetString());
        Assert.NotNull(answer.Headers.RetryAfter);
    }
}
