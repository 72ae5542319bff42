using System.Globalization;

namespace Benchmarks.Load.Processes;

/// <summary>A scrape of /metrics; a server without the page, or without a metric, gives null.</summary>
internal sealed class MetricsPage
{
    private readonly string[] _lines;

    private MetricsPage(string[] lines) => _lines = lines;

    /// <summary>Managed bytes allocated since the start.</summary>
    public double? AllocatedBytes => Sum("dotnet_gc_heap_total_allocated_bytes", "");

    /// <summary>Collections of the youngest generation alone since the start.</summary>
    public double? Gen0Collections => Sum("dotnet_gc_collections", "\"gen0\"");

    /// <summary>Full collections since the start.</summary>
    public double? Gen2Collections => Sum("dotnet_gc_collections", "\"gen2\"");

    /// <summary>Memory that the web server's pool of receive buffers was given since the start.</summary>
    public double? ReceiveBufferBytes => Sum("aspnetcore_memory_pool_allocated_bytes", "");

    public static async Task<MetricsPage> ReadAsync(int port, CancellationToken cancellation)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            string page = await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"), cancellation).ConfigureAwait(false);
            return new MetricsPage(page.Split('\n'));
        }
        catch (HttpRequestException)
        {
            return new MetricsPage([]);
        }
    }

    /// <summary>The sum of a metric's series whose labels contain a text; with or without the suffix _total.</summary>
    public double? Sum(string name, string label)
    {
        double sum = 0;
        bool any = false;
        foreach (string line in _lines)
        {
            if (!line.StartsWith(name, StringComparison.Ordinal) || !line.Contains(label, StringComparison.Ordinal)) continue;
            string rest = line[name.Length..];
            if (rest.StartsWith("_total", StringComparison.Ordinal)) rest = rest["_total".Length..];
            if (rest.Length == 0 || rest[0] is not ('{' or ' ')) continue;
            string[] parts = rest[(rest.LastIndexOf('}') + 1)..].Trim().Split(' ');
            any = true;
            sum += double.Parse(parts[0], CultureInfo.InvariantCulture);
        }

        return any ? sum : null;
    }
}
