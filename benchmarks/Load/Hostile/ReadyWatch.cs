namespace Benchmarks.Load.Hostile;

/// <summary>Asks /health/ready once a second, as an orchestrator would.</summary>
internal static class ReadyWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <returns>How often it was asked, and how often the answer was not 200 or did not come within a second.</returns>
    public static async Task<(int Asked, int Unready)> RunAsync(int port, CancellationToken end)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = Interval };
        int asked = 0, unready = 0;
        while (!end.IsCancellationRequested)
        {
            asked++;
            try
            {
                using HttpResponseMessage answer = await client.GetAsync(new Uri("/health/ready", UriKind.Relative), CancellationToken.None)
                    .ConfigureAwait(false);
                if (!answer.IsSuccessStatusCode) unready++;
            }
            catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
            {
                unready++;
            }

            await Task.Delay(Interval, TimeProvider.System, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return (asked, unready);
    }
}
