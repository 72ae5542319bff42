using Benchmarks.Load.Arrivals;
using Benchmarks.Load.Measurement;
using Benchmarks.Load.Processes;
using Benchmarks.Load.Reporting;
using Capacity.Simulation;

namespace Benchmarks.Load.Scenarios;

/// <summary>Many more clients than fit into the line, each of which repeats a refused request at once.</summary>
internal static class RetryStormScenario
{
    private const int Clients = 256;
    private const double GoodputTarget = 0.9;

    public static async Task RunAsync(BenchRun run)
    {
        BenchOptions options = run.Options;
        byte[][] requests = run.Requests(options.Model);
        ServiceProcess process = await run.StartAsync(Contenders.Service(options), options.Model).ConfigureAwait(false);
        await using var ending = process.ConfigureAwait(false);
        LoadResult before = await LoadAsync(options.Clients).ConfigureAwait(false);
        LoadResult storm = await LoadAsync(Clients).ConfigureAwait(false);
        LoadResult after = await LoadAsync(options.Clients).ConfigureAwait(false);

        double capacity = (before.Goodput + after.Goodput) / 2;
        int failed = storm.Refusals.Where(r => r.Key >= 500).Sum(r => r.Value.Count) + storm.Errors.Values.Sum();
        run.Report.Detail("storm", new { before, storm, after });
        run.Report.Add(Finding.AtLeast(
            $"{Clients} clients that repeat at once: goodput", $"{storm.Goodput:0.0} img/s",
            $"capacity before and after {capacity:0.0} img/s", storm.Goodput / capacity, GoodputTarget));
        if (storm.Refusals.TryGetValue(429, out LatencySummary? refused))
            run.Report.Add(new Finding(
                $"{Clients} clients that repeat at once: refusals (429), p50 / p99", $"{refused.P50:0} / {refused.P99:0} ms",
                $"{refused.Count} refused; beyond 10 a second they are answered 200 ms late"));
        run.Report.Add(Finding.AtMost(
            $"{Clients} clients that repeat at once: 5xx and other failures", $"{failed} of {storm.Requests}", "", failed, 0));

        Task<LoadResult> LoadAsync(int clients) => ClosedLoop.RunAsync(
            process.Port, requests, clients, options.OverloadTime, cancellation: run.Cancellation);
    }
}
