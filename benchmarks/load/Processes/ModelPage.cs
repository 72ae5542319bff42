using System.Text.Json;
using Load.Simulation;

namespace Load.Processes;

/// <summary>The batch-latency curve as the server publishes it.</summary>
internal static class ModelPage
{
    /// <summary>Null where the server publishes none.</summary>
    public static async Task<BatchCurve?> ReadCurveAsync(int port, string model, CancellationToken cancellation)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        using HttpResponseMessage answer = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/v1/models/{model}"), cancellation).ConfigureAwait(false);
        if (!answer.IsSuccessStatusCode) return null;
        using JsonDocument page = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false));
        if (!page.RootElement.TryGetProperty("batchLatency", out JsonElement points) || points.ValueKind != JsonValueKind.Array) return null;
        var curve = points.EnumerateArray().ToDictionary(p => p.GetProperty("batch").GetInt32(), p => p.GetProperty("milliseconds").GetDouble());
        return curve.Count == 0 ? null : new BatchCurve(curve);
    }
}
