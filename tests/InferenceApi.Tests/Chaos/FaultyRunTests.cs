using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using InferenceApi.Tests.Endpoints;
using Xunit.Abstractions;

namespace InferenceApi.Tests.Chaos;

/// <summary>
/// One run in fifty throws, hangs or has no memory: only its own images are refused, and the model answers again at once. FAULTY_IMAGES
/// (default 500) says how many images are sent.
/// </summary>
public sealed class FaultyRunTests(ITestOutputHelper output)
{
    private const int FaultEveryNthRun = 50, Clients = 8, Seed = 3;

    /// <summary>A second, and that of Runtime:RunTimeout where the next request waits for a run that hangs too.</summary>
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task OnlyTheImagesOfAFailedRun_AreRefused()
    {
        int images =
            int.TryParse(Environment.GetEnvironmentVariable("FAULTY_IMAGES"), CultureInfo.InvariantCulture, out int given) ? given : 500;
        using var service = new ChaosFactory(Seed, FaultEveryNthRun);
        byte[] picture = SmallPng.Rgb(40, 30);
        var statuses = new ConcurrentDictionary<HttpStatusCode, int>();
        var recoveries = new ConcurrentBag<TimeSpan>();
        int left = images;

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(ClientAsync)));

        TimeSpan slowest = recoveries.DefaultIfEmpty().Max();
        output.WriteLine($"{string.Join(", ", statuses)}; {service.Faults.Images} images in failed runs; slowest recovery "
            + $"{slowest.TotalMilliseconds:0} ms");
        Assert.Empty(statuses.Keys.Except([HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable]));
        int refused = statuses.GetValueOrDefault(HttpStatusCode.ServiceUnavailable);
        Assert.InRange(refused, 1, service.Faults.Images);
        Assert.True(slowest <= Recovery, $"{slowest}");

        // From a refusal to the next answer of the same client.
        async Task ClientAsync()
        {
            using HttpClient client = new() { BaseAddress = service.Address };
            long failedAt = 0;
            while (Interlocked.Decrement(ref left) >= 0)
            {
                using HttpResponseMessage answer =
                    await client.PostAsync($"/v1/models/{ChaosFactory.Faulty}:classify", new ByteArrayContent(picture));
                statuses.AddOrUpdate(answer.StatusCode, 1, (_, count) => count + 1);
                if (answer.StatusCode == HttpStatusCode.ServiceUnavailable && failedAt == 0) failedAt = Stopwatch.GetTimestamp();
                if (answer.StatusCode != HttpStatusCode.OK || failedAt == 0) continue;
                recoveries.Add(Stopwatch.GetElapsedTime(failedAt));
                failedAt = 0;
            }
        }
    }
}
