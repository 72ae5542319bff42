using System.Net;
using System.Text.Json;
using InferenceApi.Runtime;
using InferenceApi.Serving;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using TestKit;

namespace InferenceApi.Tests.Endpoints;

public sealed class FailedRunTests
{
    [Fact]
    public async Task RunThatFails_Is503WithRetryAfter_AndTheNextRequestIsAnswered()
    {
        bool broken = false;
        using var factory = new ApiFactory();
        using WebApplicationFactory<Program> api = factory.WithWebHostBuilder(host => host.ConfigureTestServices(
            services => services.AddSingleton<ModelOpener>(_ => new OpenedModel(ExecutionProvider.Cpu, [Scripted(() => broken)]))));
        using HttpClient client = api.CreateClient();
        using HttpResponseMessage before = await client.PostAsync($"/v1/models/{ApiFactory.Model}:classify", Picture());
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);

        broken = true;
        using HttpResponseMessage failed = await client.PostAsync($"/v1/models/{ApiFactory.Model}:classify", Picture());
        broken = false;
        using HttpResponseMessage after = await client.PostAsync($"/v1/models/{ApiFactory.Model}:classify", Picture());

        Assert.Equal(HttpStatusCode.ServiceUnavailable, failed.StatusCode);
        Assert.Equal("1", failed.Headers.GetValues("Retry-After").Single());
        JsonElement problem = await ApiFactory.JsonOf(failed);
        Assert.Equal("/errors/run-failed", problem.GetProperty("type").GetString());
        Assert.DoesNotContain("device 7", problem.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        string metrics = await client.GetStringAsync("/metrics");
        Assert.Contains($"inference_images_total{{model=\"{ApiFactory.Model}\",outcome=\"failed\"}} 1", metrics, StringComparison.Ordinal);
    }

    private static ScriptedInstance Scripted(Func<bool> broken) => new(maxBatch: 4, rowLength: 3 * 224 * 224, ApiFactory.Classes)
    {
        OnRun = _ =>
        {
            if (broken()) throw new InvalidOperationException("device 7 fell over");
        },
    };

    private static ByteArrayContent Picture()
    {
        var content = new ByteArrayContent(SmallPng.Rgb(20, 20));
        content.Headers.Add("Content-Type", "image/png");
        return content;
    }
}
