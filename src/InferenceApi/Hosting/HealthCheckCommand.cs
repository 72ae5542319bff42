namespace InferenceApi.Hosting;

/// <summary>
/// <c>InferenceApi --healthcheck [URL]</c>: asks a running service whether it is alive, and exits 0 or 1; for images without a shell or
/// curl. An address that classifies is sent a picture.
/// </summary>
internal static class HealthCheckCommand
{
    private const string Option = "--healthcheck";
    private const string Classify = ":classify";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    // One grey pixel, PNG: whether the whole walk works does not depend on what is in the picture.
    private static readonly byte[] Picture = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    public static bool Wants(string[] args) => args is [Option, ..];

    public static async Task<int> RunAsync(string[] args)
    {
        string port = Environment.GetEnvironmentVariable("ASPNETCORE_HTTP_PORTS")?.Split(';')[0] is { Length: > 0 } text ? text : "8080";
        string url = args.Length > 1 ? args[1] : $"http://127.0.0.1:{port}/health/live";
        try
        {
            using var client = new HttpClient { Timeout = Timeout };
            using HttpResponseMessage answer = await AskAsync(client, new Uri(url));
            Console.WriteLine($"{url}: {(int)answer.StatusCode}");
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException or UriFormatException)
        {
            Console.Error.WriteLine($"{url}: {failure.Message}");
            return 1;
        }
    }

    private static async Task<HttpResponseMessage> AskAsync(HttpClient client, Uri address)
    {
        if (!address.AbsolutePath.EndsWith(Classify, StringComparison.Ordinal)) return await client.GetAsync(address);
        using ByteArrayContent body = new(Picture);
        body.Headers.ContentType = new("image/png");
        return await client.PostAsync(address, body);
    }
}
