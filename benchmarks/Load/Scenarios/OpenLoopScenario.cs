using Benchmarks.Ceilings;
using Benchmarks.Load.Arrivals;
using Benchmarks.Load.Measurement;
using Benchmarks.Load.Processes;
using Benchmarks.Load.Reporting;
using Benchmarks.Load.Simulation;
using Capacity.Simulation;

namespace Benchmarks.Load.Scenarios;

/// <summary>
/// Poisson arrivals at parts of the capacity, beside an ideal batch server given the same arrival times and the run times that were
/// measured just before, so that both saw the same machine.
/// </summary>
internal static class OpenLoopScenario
{
    private const double Target = 1.2;
    private const int Seed = 20_191;
    private static readonly int[] Percentages = [20, 50, 80, 95];

    public static async Task RunAsync(BenchRun run)
    {
        BenchOptions options = run.Options;
        double capacity = run.Capacity ?? throw new InvalidOperationException("needs the saturation scenario's capacity.");
        byte[][] requests = run.Requests(options.Model);
        ServiceProcess process = await run.StartAsync(Contenders.Service(options), options.Model).ConfigureAwait(false);
        await using var ending = process.ConfigureAwait(false);
        await ClosedLoop.RunAsync(process.Port, requests, options.Clients, TimeSpan.FromSeconds(2), cancellation: run.Cancellation)
            .ConfigureAwait(false);
        foreach (int percentage in Percentages)
        {
            var rounds = new List<OpenLoopRound>();
            for (int round = 0; round < options.OpenLoopRounds; round++)
            {
                CeilingFigures ceilings = await run.MeasureCeilingsAsync(options.Model, options.CeilingSeconds / 2).ConfigureAwait(false);
                double[] times = PoissonArrivals.Times(capacity * percentage / 100, options.OpenLoopTime, Seed + percentage + round);
                LoadResult measured = await OpenLoop.RunAsync(process.Port, requests, times, 32, run.Cancellation).ConfigureAwait(false);
                if (measured.Latency is null) throw new InvalidOperationException("nothing was classified.");
                BatchCurve curve = ceilings.Envelope();
                rounds.Add(new OpenLoopRound(
                    ceilings,
                    measured,
                    IdealBatchServer.Simulate(times, curve, ceilings.PrepareMs, runDelay: 1.0 / ceilings.Cores)!,
                    IdealBatchServer.Simulate(times, curve, ceilings.PrepareMs, runDelay: 0)!));
            }

            run.Report.Detail($"open loop {percentage} %", rounds);
            Report(run.Report, percentage, capacity, rounds);
        }
    }

    private static void Report(Report report, int percentage, double capacity, List<OpenLoopRound> rounds)
    {
        var ratio = Spread.Of(rounds.Select(r => r.Measured.Latency!.P99 / r.Ideal.P99));
        string measure = $"open loop, {percentage} % ({capacity * percentage / 100:0.0}/s): p50 / p90 / p99 / p99.9";
        string value = $"{Median(r => r.Measured.Latency!.P50):0} / {Median(r => r.Measured.Latency!.P90):0} / "
            + $"{Median(r => r.Measured.Latency!.P99):0} / {Median(r => r.Measured.Latency!.P999):0} ms";
        string beside = $"ideal p50 {Median(r => r.Ideal.P50):0}, p99 {Median(r => r.Ideal.P99):0} ms, "
            + $"p99 {Median(r => r.FreePreparing.P99):0} ms were preparing free; {ratio}";
        report.Add(percentage == 20
            ? new Finding(measure, value, beside, ratio.Median)
            : Finding.AtMost(measure, value, beside, ratio.Median, Target, " × p99"));
        int lost = rounds.Sum(r => r.Measured.Requests - r.Measured.Latency!.Count);
        if (lost > 0) report.Add(Finding.AtMost($"open loop, {percentage} %: not answered with 200", $"{lost}", "", lost, 0));

        double Median(Func<OpenLoopRound, double> of) => LatencySummary.Median(rounds.Select(of));
    }
}
