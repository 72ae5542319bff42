using System.Text.Json;
using Capacity.CommandLine;
using Capacity.Simulation;

namespace Capacity.Curves;

/// <summary>Reads the batch-latency curve of a running service.</summary>
internal static class RunningService
{
    /// <param name="address">For example http://127.0.0.1:8080.</param>
    /// <param name="options">Model, cores, prepare time, device and price, which the service does not report.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <exception cref="InvalidDataException">The model is not loaded there, or this is no such service.</exception>
    public static async Task<ReplicaProfile> ReadAsync(Uri address, CapacityOptions options, CancellationToken cancellation)
    {
        using var client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
        using HttpResponseMessage answer =
            await client.GetAsync(new Uri($"/v1/models/{Uri.EscapeDataString(options.Model)}", UriKind.Relative), cancellation)
            .ConfigureAwait(false);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidDataException($"{address} answered {(int)answer.StatusCode} for {options.Model}.");
        return Parse(await answer.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false), address, options);
    }

    internal static ReplicaProfile Parse(string body, Uri address, CapacityOptions options)
    {
        try
        {
            using JsonDocument page = JsonDocument.Parse(body);
            if (!page.RootElement.TryGetProperty("batchLatency", out JsonElement points))
                throw new InvalidDataException(
                    $"{options.Model} is not loaded at {address}, so its curve is not known; send it a picture first.");
            var replica = new Replica(ProfileFile.ParseCurve(points), options.PrepareMs, options.Cores, options.SharesCores);
            return new ReplicaProfile(
                $"{options.Model}, {options.Cores} cores", $"measured by {address}", false, replica, options.PricePerHour);
        }
        catch (Exception failure)
            when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new InvalidDataException($"{address}: {failure.Message}", failure);
        }
    }
}
