using Benchmarks.Load.Arrivals;
using Benchmarks.Load.Measurement;
using Benchmarks.Load.Processes;
using Benchmarks.Load.Reporting;

namespace Benchmarks.Load.Scenarios;

/// <summary>Every model of the store in one process, in turn: all resident, and then under a budget that holds only a few.</summary>
internal static class AllModelsScenario
{
    private const double WeightsFactor = 1.3;
    private const double AllowanceBytes = 400e6;
    private const long Budget = 1_000_000_000;
    private const int Turns = 3;
    private const double Mib = 1 << 20;

    // Loading the largest model from disk within a request takes seconds.
    private static readonly TimeSpan TurnPatience = TimeSpan.FromMinutes(4);

    public static async Task RunAsync(BenchRun run)
    {
        string[] models = [.. Directory.GetDirectories(run.Options.Store).Select(folder => Path.GetFileName(folder)!)
            .Where(name => name[0] != '.').Order()];
        long weights = models.Sum(model => new DirectoryInfo(Path.Combine(run.Options.Store, model))
            .EnumerateFiles("model.onnx", SearchOption.AllDirectories).Max(file => file.Length));

        (int answered, long resident) = await TurnAsync(run, Contenders.Service(run.Options), string.Join(' ', models), models)
            .ConfigureAwait(false);
        double limit = (WeightsFactor * weights) + AllowanceBytes;
        string beside = $"weights {weights / Mib:0} MiB; {answered} of {Turns * models.Length} answered";
        run.Report.Add(Finding.AtMost(
            $"{models.Length} models loaded: RSS, part of 1.3 × weights + 400 MB", $"{resident / Mib:0} MiB", beside, resident / limit, 1));

        Contender frugal = Contenders.Service(run.Options, $"--Serving:MemoryBudget={Budget}");
        (answered, resident) = await TurnAsync(run, frugal, "", models).ConfigureAwait(false);
        run.Report.Add(Finding.AtLeast(
            $"{models.Length} models under a budget of 1 GB: answered", $"{answered} of {Turns * models.Length}",
            $"RSS {resident / Mib:0} MiB",
            (double)answered / (Turns * models.Length), 1));
    }

    private static async Task<(int Answered, long Resident)> TurnAsync(BenchRun run, Contender contender, string preload, string[] models)
    {
        ServiceProcess process = await run.StartAsync(contender, preload).ConfigureAwait(false);
        await using var ending = process.ConfigureAwait(false);
        byte[][] requests = [.. models.Select(model => run.Requests(model, TimeSpan.FromMinutes(1))[0])];
        LoadResult result = await ClosedLoop.RunAsync(
            process.Port, requests, 1, TurnPatience, Turns * models.Length, run.Cancellation).ConfigureAwait(false);
        return (result.Latency?.Count ?? 0, process.Usage.PeakResidentBytes);
    }
}
