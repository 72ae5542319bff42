using System.Globalization;
using Load.Measurement;
using Load.Processes;
using Load.Reporting;

namespace Load.Scenarios;

/// <summary>File to tensor on one core, beside torchvision's pipeline on the same pictures.</summary>
internal static class PrepareScenario
{
    private const double Target = 0.65;

    public static async Task RunAsync(BenchRun run)
    {
        string script = Path.Combine(run.Options.Root, "benchmarks/peers/torchvision_prepare.py");
        var rounds = new List<(double Ours, double Theirs)>();
        for (int round = 0; round < run.Options.Rounds; round++)
        {
            Ceilings ceilings = await run.MeasureCeilingsAsync(run.Options.SmallModel).ConfigureAwait(false);
            string printed = await ToolRun.TextAsync(["/usr/bin/python3", script, run.Options.Pictures], run.Cancellation).ConfigureAwait(false);
            rounds.Add((ceilings.PrepareMs, double.Parse(printed, CultureInfo.InvariantCulture)));
        }

        run.Report.Add(Finding.AtMost(
            "prepare, one core, against torchvision", $"{LatencySummary.Median(rounds.Select(r => r.Ours)):0.00} ms",
            $"torchvision {LatencySummary.Median(rounds.Select(r => r.Theirs)):0.00} ms", LatencySummary.Median(rounds.Select(r => r.Ours / r.Theirs)), Target, " ×"));
    }
}
