using Benchmarks.Load.Arrivals;
using Benchmarks.Load.Measurement;
using Benchmarks.Load.Processes;
using Benchmarks.Load.Reporting;

namespace Benchmarks.Load.Scenarios;

/// <summary>
/// Whether resident memory stays flat over thousands of requests. With the small model, because what could leak is the same for all
/// (bodies, tensors, sessions' arenas) and it answers three times as many in the same time; the saturation scenario has the large model's
/// memory.
/// </summary>
internal static class MemoryScenario
{
    private const double Target = 0.03;
    private const int Parts = 10;
    private const int WarmUpPart = 500;
    private const int MostWarmUp = 6_000;
    private const double Mib = 1 << 20;
    private static readonly TimeSpan PartPatience = TimeSpan.FromMinutes(2);

    public static async Task RunAsync(BenchRun run)
    {
        BenchOptions options = run.Options;
        byte[][] requests = run.Requests(options.SmallModel);
        ServiceProcess process = await run.StartAsync(Contenders.Service(options), options.SmallModel).ConfigureAwait(false);
        await using var ending = process.ConfigureAwait(false);
        int warmUp = await WarmUpAsync(run, process.Port, requests).ConfigureAwait(false);
        var resident = new List<double> { process.Usage.ResidentBytes / Mib };
        int sent = 0;
        for (int part = 0; part < Parts; part++)
        {
            sent += await SendAsync(run, process.Port, requests, options.MemoryRequests / Parts).ConfigureAwait(false);
            resident.Add(process.Usage.ResidentBytes / Mib);
        }

        double growth = resident.Max(mib => Math.Abs((mib / resident[0]) - 1));
        run.Report.Detail("memory", new { options.SmallModel, warmUp, requests = sent, residentMib = resident });
        run.Report.Add(Finding.AtMost(
            $"{options.SmallModel}: RSS change over {sent} requests", $"{growth:P1}",
            $"{resident[0]:0} MiB after {warmUp} requests to warm up, then {resident.Min():0} to {resident.Max():0}", growth, Target));
    }

    /// <summary>
    /// Fills pools, compiles, and goes on until the youngest generation was collected once: .NET lets it grow as large as the processor's
    /// last-level cache first, 32 MB and more, and until then a thousand images leave 7 MB of garbage behind, whatever the service does.
    /// </summary>
    private static async Task<int> WarmUpAsync(BenchRun run, int port, byte[][] requests)
    {
        int sent = 0;
        double? before = await YoungCollectionsAsync().ConfigureAwait(false);
        do sent += await SendAsync(run, port, requests, WarmUpPart).ConfigureAwait(false);
        while (sent < MostWarmUp && before is not null && await YoungCollectionsAsync().ConfigureAwait(false) == before);
        return sent;

        async Task<double?> YoungCollectionsAsync() =>
            (await MetricsPage.ReadAsync(port, run.Cancellation).ConfigureAwait(false)).Gen0Collections;
    }

    /// <returns>How many were sent: fewer than asked for where the machine is too slow for them.</returns>
    private static async Task<int> SendAsync(BenchRun run, int port, byte[][] requests, int count)
    {
        LoadResult result = await ClosedLoop.RunAsync(port, requests, run.Options.Clients, PartPatience, count, run.Cancellation)
            .ConfigureAwait(false);
        if (result.Errors.Count > 0) throw new InvalidOperationException($"{result.Errors.Values.Sum()} requests failed.");
        return result.Requests;
    }
}
