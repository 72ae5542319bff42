using System.Net;
using Imaging.Decoding;
using InferenceApi.Classification;
using InferenceApi.Serving;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using TestKit;

namespace InferenceApi.Tests.Endpoints;

/// <summary>The whole service after slow pictures, and under a wall clock that is set while it serves.</summary>
public sealed class UnsteadyTimeTests : IDisposable
{
    private readonly UnsteadyTime _time = new();
    private readonly ApiFactory _factory = new();
    private readonly WebApplicationFactory<Program> _api;
    private readonly HttpClient _client;

    public UnsteadyTimeTests()
    {
        _api = _factory.WithWebHostBuilder(host => host.ConfigureTestServices(services => services.AddSingleton<TimeProvider>(_time)));
        _client = _api.CreateClient();
    }

    public void Dispose()
    {
        _client.Dispose();
        _api.Dispose();
        _factory.Dispose();
    }

    [Fact]
    public async Task AfterEightVerySlowPictures_CallersWithASecond_AreAdmittedOnTheIdleMachine()
    {
        Assert.Equal(HttpStatusCode.OK, await ClassifyAsync(seconds: 20));
        PreparationSlots slots = _api.Services.GetRequiredService<PreparationSlots>();
        ImageCost slow = new(ImageFormat.Png, TimeSpan.FromMilliseconds(50), 1);
        ImageCost costly = new(ImageFormat.Png, TimeSpan.FromSeconds(2), 1);
        foreach (ImageCost cost in Enumerable.Repeat(slow, 20).Concat(Enumerable.Repeat(costly, 8)))
        {
            await slots.RunAsync(
                cost,
                () =>
                {
                    _time.Skip(TimeSpan.FromSeconds(10));
                    return 0;
                },
                CancellationToken.None);
        }

        // Twenty pictures that took two hundred times what they should made others look slower; the costly ones did not.
        Assert.InRange(slots.Backlog([slow]) * Environment.ProcessorCount, TimeSpan.FromMilliseconds(51), 10 * slow.Time);

        for (int i = 0; i < 5; i++) Assert.Equal(HttpStatusCode.OK, await ClassifyAsync(seconds: 1));
    }

    [Fact]
    public async Task WallClockThatIsSet_ChangesNothing()
    {
        Assert.Equal(HttpStatusCode.OK, await ClassifyAsync(seconds: 20));
        ServedModels models = _api.Services.GetRequiredService<ServedModels>();
        ServedModel loaded = (await models.FindAsync(ApiFactory.Model, default))!;
        TimeSpan estimate = loaded.Estimate(1, TimeSpan.Zero);

        foreach (TimeSpan by in (TimeSpan[])[TimeSpan.FromDays(3650), TimeSpan.FromDays(-7300), TimeSpan.FromHours(1)])
        {
            Task<HttpStatusCode>[] under = [.. Enumerable.Range(0, 4).Select(_ => ClassifyAsync(seconds: 20))];
            _time.SetWallClock(by);
            foreach (HttpStatusCode status in await Task.WhenAll(under).Soon()) Assert.Equal(HttpStatusCode.OK, status);
            Assert.Equal(HttpStatusCode.OK, await ClassifyAsync(seconds: 20));
            Assert.Same(loaded, await models.FindAsync(ApiFactory.Model, default));
        }

        Assert.InRange(loaded.Estimate(1, TimeSpan.Zero) / estimate, 0.01, 100);
    }

    private async Task<HttpStatusCode> ClassifyAsync(double seconds)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/models/{ApiFactory.Model}:classify");
        request.Content = new ByteArrayContent(SmallPng.Rgb(20, 20));
        request.Content.Headers.Add("Content-Type", "image/png");
        request.Headers.Add("X-Request-Timeout", seconds.ToString(System.Globalization.CultureInfo.InvariantCulture));
        using HttpResponseMessage answer = await _client.SendAsync(request);
        return answer.StatusCode;
    }
}
