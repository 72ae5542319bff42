using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using InferenceApi.Tests.Endpoints;
using Xunit.Abstractions;

namespace InferenceApi.Tests.Chaos;

/// <summary>
/// Good clients among attackers, failing runs, new and damaged versions: every request of a good client gets one answer, its own, and
/// exact, or a refusal that it can understand. CHAOS_SECONDS (default 10) says how long, CHAOS_SEED which schedule.
/// </summary>
public sealed partial class ChaosTests(ITestOutputHelper output)
{
    private const int FaultEveryNthRun = 20;

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(Number("CHAOS_SECONDS", 10));

    [Fact]
    public async Task GoodClients_AmongFaults_GetTheirOwnExactAnswers()
    {
        int seed = Number("CHAOS_SEED", 1);
        using var service = new ChaosFactory(seed, FaultEveryNthRun);
        byte[][] pictures = [.. Enumerable.Range(1, 6).Select(size => SmallPng.Rgb(40 * size, 30 * size))];
        var expected = new string[pictures.Length];
        for (int i = 0; i < pictures.Length; i++) expected[i] = await ExpectedAsync(service.Address, pictures[i]);
        using var end = new CancellationTokenSource(Length);
        var statuses = new ConcurrentDictionary<(string Model, int Status), int>();
        int wrong = 0;

        Task[] good = [.. Enumerable.Range(0, 4).Select(number => Task.Run(() => GoodAsync(number)))];
        Task[] bad = [.. Enumerable.Range(0, 6).Select(number => Task.Run(() => BadAsync(new Random(seed + number))))];
        Task store = Task.Run(() => ChangeStoreAsync(service, end.Token));
        await Task.WhenAll([.. good, .. bad, store]).WaitAsync(Length + TimeSpan.FromSeconds(60));

        foreach (((string model, int status), int count) in statuses.OrderBy(each => each.Key))
            output.WriteLine($"{model} {status}: {count}");
        Assert.Equal(0, wrong);
        Assert.All(statuses.Keys.Where(key => key.Model == ChaosFactory.Sound), key => Assert.True(key.Status is 200 or 429, $"{key}"));
        Assert.True(statuses[(ChaosFactory.Sound, 200)] > 20);
        Assert.All(
            statuses.Keys.Where(key => key.Model == ChaosFactory.Faulty),
            key => Assert.True(key.Status is 200 or 429 or 503, $"{key}"));
        // When it is over, it is over.
        using HttpClient after = new() { BaseAddress = service.Address };
        for (int i = 0; i < pictures.Length; i++) Assert.Equal(expected[i], await ExpectedAsync(service.Address, pictures[i]));
        string metrics = await after.GetStringAsync("/metrics");
        Assert.Matches($"inference_queue_depth{{model=\"{ChaosFactory.Sound}\"}} 0\n", metrics);
        Assert.DoesNotContain(
            ServerFaults().Matches(metrics), match => match.Value.Contains($"model=\"{ChaosFactory.Sound}\"", StringComparison.Ordinal));

        async Task GoodAsync(int number)
        {
            var random = new Random(seed + (100 * number));
            using HttpClient client = new() { BaseAddress = service.Address };
            while (!end.IsCancellationRequested)
            {
                string model = random.Next(3) == 0 ? ChaosFactory.Faulty : ChaosFactory.Sound;
                int picture = random.Next(pictures.Length);
                using HttpResponseMessage answer =
                    await client.PostAsync($"/v1/models/{model}:classify", new ByteArrayContent(pictures[picture]));
                string body = await answer.Content.ReadAsStringAsync();
                statuses.AddOrUpdate((model, (int)answer.StatusCode), 1, (_, count) => count + 1);
                if (answer.IsSuccessStatusCode && ResultsOf(body) != expected[picture]) Interlocked.Increment(ref wrong);
            }
        }

        async Task BadAsync(Random random)
        {
            while (!end.IsCancellationRequested)
            {
                try
                {
                    await Attackers.AttackAsync(service.Address, random, pictures[^1], end.Token);
                }
                catch (Exception failure) when (failure is IOException or OperationCanceledException or System.Net.Sockets.SocketException)
                {
                    // The service ended the connection, or time is up.
                }
            }
        }
    }

    /// <summary>A sound version, then a damaged one, in turn, of both models.</summary>
    private static async Task ChangeStoreAsync(ChaosFactory service, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(2));
        try
        {
            for (int i = 0; await timer.WaitForNextTickAsync(cancellation); i++)
            {
                string model = i % 2 == 0 ? ChaosFactory.Sound : ChaosFactory.Faulty;
                service.Install(model);
                int version = service.Store.Versions(model)[^1];
                if (i % 4 >= 2) await File.AppendAllTextAsync(service.Store.Open(model, version).ModelPath, "damage", cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            // Time is up.
        }
    }

    private static async Task<string> ExpectedAsync(Uri address, byte[] picture)
    {
        using HttpClient client = new() { BaseAddress = address };
        using HttpResponseMessage answer =
            await client.PostAsync($"/v1/models/{ChaosFactory.Sound}:classify", new ByteArrayContent(picture));
        return ResultsOf(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Without the model and its version, which differ between the two models and over time.</summary>
    private static string ResultsOf(string body) => body[body.IndexOf("\"results\"", StringComparison.Ordinal)..];

    private static int Number(string variable, int standard) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int value) ? value : standard;

    [GeneratedRegex("inference_request_duration_seconds_count{[^}]*status=\"5[0-9][0-9]\"[^}]*} [1-9].*")]
    private static partial Regex ServerFaults();
}
