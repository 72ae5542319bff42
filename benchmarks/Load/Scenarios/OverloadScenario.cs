using System.Diagnostics;
using Benchmarks.Load.Arrivals;
using Benchmarks.Load.Http;
using Benchmarks.Load.Measurement;
using Benchmarks.Load.Processes;
using Benchmarks.Load.Reporting;
using Capacity.Simulation;

namespace Benchmarks.Load.Scenarios;

/// <summary>Three times the capacity with impatient clients, and the way back to idle latency.</summary>
internal static class OverloadScenario
{
    private const double Factor = 3;
    private const int Seed = 300;
    private const double GoodputTarget = 0.95;
    private const double RefusalTargetMs = 20;
    private const double RecoveryTargetSeconds = 2;
    private const double RecoveredFactor = 1.25;
    private const int CalmRequests = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WatchTime = TimeSpan.FromSeconds(6);

    public static async Task RunAsync(BenchRun run)
    {
        BenchOptions options = run.Options;
        double capacity = run.Capacity ?? throw new InvalidOperationException("needs the saturation scenario's capacity.");
        byte[][] impatient = run.Requests(options.Model, Patience);
        byte[][] requests = run.Requests(options.Model);
        ServiceProcess process = await run.StartAsync(Contenders.Service(options), options.Model).ConfigureAwait(false);
        await using var ending = process.ConfigureAwait(false);
        LoadResult before = await ClosedLoop.RunAsync(
            process.Port, requests, options.Clients, options.SaturationTime, cancellation: run.Cancellation).ConfigureAwait(false);

        double[] times = PoissonArrivals.Times(Factor * capacity, options.OverloadTime, Seed);
        TimeSpan processor = OwnProcessor.Used;
        long start = Stopwatch.GetTimestamp();
        Task<IReadOnlyList<Exchange>> storm = OpenLoop.ExchangesAsync(process.Port, impatient, times, 128, run.Cancellation);
        await Task.Delay(options.OverloadTime, TimeProvider.System, run.Cancellation).ConfigureAwait(false);
        (double? recovery, IReadOnlyList<double> watch) = await RecoverAsync(process.Port, requests, run.IdleP50 ?? 0, run.Cancellation)
            .ConfigureAwait(false);
        IReadOnlyList<Exchange> exchanges = await storm.ConfigureAwait(false);
        var overload = LoadResult.Of(exchanges, OwnProcessor.Used - processor);
        // Goodput counts what was answered while the storm blew; the tail that drains afterwards has no rate.
        int answered = exchanges.Count(e => e.Answer.IsSuccess && Stopwatch.GetElapsedTime(start, e.Done) <= options.OverloadTime);
        double goodput = answered / options.OverloadTime.TotalSeconds;

        run.Report.Detail(
            "overload", new { overload, goodput, capacityBefore = before.Goodput, recoverySeconds = recovery, recoveryLatencies = watch });
        Report(run.Report, overload, goodput, before.Goodput, recovery);
    }

    private static void Report(Report report, LoadResult overload, double goodput, double capacity, double? recovery)
    {
        report.Add(Finding.AtLeast(
            "open loop, 300 %: goodput", $"{goodput:0.0} img/s", $"capacity just before {capacity:0.0} img/s", goodput / capacity,
            GoodputTarget));
        if (overload.Refusals.TryGetValue(429, out LatencySummary? refused))
            report.Add(Finding.AtMost(
            "open loop, 300 %: refusals (429), p99", $"{refused.P99:0.0} ms", $"{refused.Count} refused, p50 {refused.P50:0.0} ms",
                refused.P99, RefusalTargetMs, " ms"));
        else
            report.Add(new Finding("open loop, 300 %: refusals (429), p99", "none refused", "", null, $"≤ {RefusalTargetMs} ms", false));
        int failed = overload.Refusals.Where(r => r.Key >= 500).Sum(r => r.Value.Count) + overload.Errors.Values.Sum();
        string which = string.Join(", ", overload.Refusals.Where(r => r.Key >= 500).Select(r => $"{r.Value.Count} × {r.Key}")
            .Concat(overload.Errors.Select(e => e.Key == 0 ? $"{e.Value} × broken connection" : $"{e.Value} × {e.Key}")));
        report.Add(Finding.AtMost("open loop, 300 %: 5xx and other failures", $"{failed} of {overload.Requests}", which, failed, 0));
        report.Add(new Finding(
            "open loop, 300 %: latency of the served, p50 / p99", $"{overload.Latency?.P50:0} / {overload.Latency?.P99:0} ms",
            "their timeout 1,000 ms"));
        report.Add(recovery is { } seconds
            ? Finding.AtMost("recovery to idle latency after 300 %", $"{seconds:0.00} s", "", seconds, RecoveryTargetSeconds, " s")
            : new Finding("recovery to idle latency after 300 %", $"not within {WatchTime.TotalSeconds} s", "", null,
            $"≤ {RecoveryTargetSeconds} s", false));
    }

    /// <summary>One client from the end of the storm: when do five requests in a row take an idle machine's time again?</summary>
    private static async Task<(double? Seconds, IReadOnlyList<double> Latencies)> RecoverAsync(
        int port, byte[][] requests, double idleP50, CancellationToken cancellation)
    {
        using var connection = new Connection(port);
        var latencies = new List<double>();
        long start = Stopwatch.GetTimestamp();
        double calmSince = 0;
        int calm = 0;
        while (Stopwatch.GetElapsedTime(start) < WatchTime && calm < CalmRequests)
        {
            long sent = Stopwatch.GetTimestamp();
            Answer answer = await connection.ExchangeAsync(requests[latencies.Count % requests.Length], cancellation).ConfigureAwait(false);
            double latency = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
            latencies.Add(answer.IsSuccess ? latency : -1);
            bool isCalm = answer.IsSuccess && latency <= RecoveredFactor * idleP50;
            if (isCalm && calm == 0) calmSince = Stopwatch.GetElapsedTime(start, sent).TotalSeconds;
            calm = isCalm ? calm + 1 : 0;
        }

        return (calm == CalmRequests ? calmSince : null, latencies);
    }
}
