using Benchmarks.Load.Processes;
using Benchmarks.Load.Reporting;
using Capacity.Simulation;

namespace Benchmarks.Load.Scenarios;

/// <summary>Process start to ready, with and without the cache of optimised graphs.</summary>
internal static class ColdStartScenario
{
    private const double TargetSeconds = 2;

    public static async Task RunAsync(BenchRun run)
    {
        BenchOptions options = run.Options;
        string cache = Path.Combine(options.Scratch, "graphs");
        if (Directory.Exists(cache)) Directory.Delete(cache, recursive: true);
        double[] plain = await StartsAsync(run, Contenders.Service(options)).ConfigureAwait(false);
        Contender cached = Contenders.Service(options, $"--Runtime:OptimizedGraphCache={cache}");
        await StartsAsync(run, cached, 1).ConfigureAwait(false);
        double[] fromCache = await StartsAsync(run, cached).ConfigureAwait(false);

        run.Report.Detail("cold start", new { plain, fromCache });
        double seconds = LatencySummary.Median(plain), cachedSeconds = LatencySummary.Median(fromCache);
        run.Report.Add(Finding.AtMost(
            $"{options.Model}: cold start to ready", $"{seconds:0.00} s", $"with the graph cache {cachedSeconds:0.00} s", seconds,
            TargetSeconds, " s"));
        run.Report.Add(Finding.AtMost(
            $"{options.Model}: cold start with the graph cache", $"{cachedSeconds:0.00} s", "", cachedSeconds, TargetSeconds, " s"));
    }

    private static async Task<double[]> StartsAsync(BenchRun run, Contender contender, int? count = null)
    {
        var seconds = new List<double>();
        for (int i = 0; i < (count ?? run.Options.Rounds); i++)
        {
            ServiceProcess process = await run.StartAsync(contender, run.Options.Model).ConfigureAwait(false);
            seconds.Add(process.TimeToReady.TotalSeconds);
            await process.DisposeAsync().ConfigureAwait(false);
        }

        return [.. seconds];
    }
}
