using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using InferenceApi.Tests.Endpoints;
using ModelStore;
using TestKit;

namespace InferenceApi.Tests.Chaos;

/// <summary>
/// The real process is stopped and killed under load, in turn, and started again on the same store and graph cache: until it ends every
/// request has its own exact answer. CHAOS_RESTARTS (default 2) says how often.
/// </summary>
public sealed class RestartTests : IDisposable
{
    private const string Model = "resnet18_swsl";
    private const int Classes = 10, Clients = 4;
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1), Load = TimeSpan.FromSeconds(1);

    private readonly TemporaryFolder _store = new(), _graphs = new();
    private readonly byte[][] _pictures = [.. Enumerable.Range(1, 5).Select(size => SmallPng.Rgb(40 * size, 30 * size))];
    private readonly Uri _address = FreeAddress();

    public RestartTests() => new StoreFolder(_store.Path).Install(Model, TinyOnnx.Create(224, Classes), 224, Classes);

    public void Dispose()
    {
        _store.Dispose();
        _graphs.Dispose();
    }

    [Fact]
    public async Task StopsAndKillsUnderLoad_LoseNoAnswer()
    {
        string? given = Environment.GetEnvironmentVariable("CHAOS_RESTARTS");
        int restarts = int.TryParse(given, CultureInfo.InvariantCulture, out int number) ? number : 2;
        string[]? expected = null;
        for (int i = 0; i <= restarts; i++)
        {
            using Process service = Start();
            try
            {
                string[] answers = await AnswersOfReadyServiceAsync();
                Assert.Equal(expected ??= answers, answers);
                if (i < restarts) await EndUnderLoadAsync(service, expected, graceful: i % 2 == 0);
            }
            finally
            {
                if (!service.HasExited) service.Kill();
            }
        }
    }

    private async Task EndUnderLoadAsync(Process service, string[] expected, bool graceful)
    {
        Task<(long At, int Answers)>[] clients =
            [.. Enumerable.Range(0, Clients).Select(n => Task.Run(() => AskUntilItFailsAsync(n, expected)))];
        await Task.Delay(Load, TimeProvider.System);
        long signalled = Stopwatch.GetTimestamp();
        if (graceful)
        {
            using Process signal = Process.Start("kill", ["-TERM", service.Id.ToString(CultureInfo.InvariantCulture)]);
            await signal.WaitForExitAsync().Soon();
        }
        else
        {
            service.Kill();
        }

        await service.WaitForExitAsync().Soon();
        foreach ((long at, int answers) in await Task.WhenAll(clients).Soon())
        {
            Assert.True(answers > 0);
            // What comes in the delay is served; the first request that fails is one that the service no longer took.
            if (graceful) Assert.True(Stopwatch.GetElapsedTime(signalled, at) >= Delay);
        }

        if (graceful) Assert.Equal(0, service.ExitCode);
    }

    private async Task<(long At, int Answers)> AskUntilItFailsAsync(int number, string[] expected)
    {
        using var client = new HttpClient { BaseAddress = _address };
        for (int i = 0; ; i++)
        {
            int picture = (number + i) % _pictures.Length;
            string answer;
            try
            {
                answer = await ClassifyAsync(client, picture);
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException)
            {
                return (Stopwatch.GetTimestamp(), i);
            }

            Assert.Equal(expected[picture], answer);
        }
    }

    private async Task<string[]> AnswersOfReadyServiceAsync()
    {
        using var client = new HttpClient { BaseAddress = _address };
        Patience.Until(() => IsReady(client), "the service is ready");
        var answers = new string[_pictures.Length];
        for (int i = 0; i < answers.Length; i++) answers[i] = await ClassifyAsync(client, i);
        return answers;
    }

    private static bool IsReady(HttpClient client)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/health/ready");
            using HttpResponseMessage answer = client.Send(request);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>The body, which is the same whenever the picture is; a refusal is none of these answers.</summary>
    private async Task<string> ClassifyAsync(HttpClient client, int picture)
    {
        using var content = new ByteArrayContent(_pictures[picture]);
        using HttpResponseMessage answer = await client.PostAsync(new Uri($"/v1/models/{Model}:classify", UriKind.Relative), content);
        return await answer.Content.ReadAsStringAsync();
    }

    private Process Start() => Process.Start(new ProcessStartInfo("dotnet",
    [
        typeof(Program).Assembly.Location, $"--urls={_address}", $"--Serving:Store={_store.Path}", $"--Serving:Preload:0={Model}",
        "--Runtime:Provider=cpu", $"--Runtime:OptimizedGraphCache={_graphs.Path}", $"--Shutdown:Delay={Delay}",
        "--Logging:LogLevel:Default=Critical",
    ]))!;

    private static Uri FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://{listener.LocalEndpoint}");
    }
}
