namespace InferenceApi.Hosting;

/// <summary>
/// <c>InferenceApi --healthcheck [URL]</c>: asks a running service whether it is alive, and exits 0 or 1; for images without a shell or
/// curl.
/// </summary>
internal static class HealthCheckCommand
{
    private const string Option = "--healthcheck";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public static bool Wants(string[] args) => args is [Option, ..];

    public static async Task<int> RunAsync(string[] args)
    {
        string port = Environment.GetEnvironmentVariable("ASPNETCORE_HTTP_PORTS")?.Split(';')[0] is { Length: > 0 } text ? text : "8080";
        string url = args.Length > 1 ? args[1] : $"http://127.0.0.1:{port}/health/live";
        try
        {
            using var client = new HttpClient { Timeout = Timeout };
            using HttpResponseMessage answer = await client.GetAsync(new Uri(url));
            Console.WriteLine($"{url}: {(int)answer.StatusCode}");
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException or UriFormatException)
        {
            Console.Error.WriteLine($"{url}: {failure.Message}");
            return 1;
        }
    }
}
