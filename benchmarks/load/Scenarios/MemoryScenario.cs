using Load.Arrivals;
using Load.Measurement;
using Load.Processes;
using Load.Reporting;

namespace Load.Scenarios;

/// <summary>Whether resident memory stays flat over thousands of requests.</summary>
internal static class MemoryScenario
{
    private const double Target = 0.03;
    private const int Parts = 10;
    private const double Mib = 1 << 20;
    private static readonly TimeSpan PartPatience = TimeSpan.FromMinutes(2);

    public static async Task RunAsync(BenchRun run)
    {
        BenchOptions options = run.Options;
        byte[][] requests = run.Requests(options.SmallModel);
        ServiceProcess process = await run.StartAsync(Contenders.Service(options), options.SmallModel).ConfigureAwait(false);
        await using var ending = process.ConfigureAwait(false);
        // The first tenth fills pools and compiles; growth is counted from there.
        var resident = new List<double>();
        double generatorMs = 0;
        for (int part = 0; part <= Parts; part++)
        {
            LoadResult result = await ClosedLoop.RunAsync(
                process.Port, requests, options.Clients, PartPatience, options.MemoryRequests / Parts, run.Cancellation).ConfigureAwait(false);
            if (result.Errors.Count > 0) throw new InvalidOperationException($"{result.Errors.Values.Sum()} requests failed.");
            generatorMs = result.GeneratorCpuMsPerRequest;
            resident.Add(process.Usage.ResidentBytes / Mib);
        }

        double growth = resident.Skip(1).Max(mib => Math.Abs((mib / resident[0]) - 1));
        run.Report.Detail("memory", new { options.SmallModel, options.MemoryRequests, residentMib = resident, generatorCpuMsPerRequest = generatorMs });
        run.Report.Add(Finding.AtMost(
            $"{options.SmallModel}: RSS change over {options.MemoryRequests} requests", $"{growth:P1}", $"{resident[0]:0} to {resident[^1]:0} MiB", growth, Target));
    }
}
