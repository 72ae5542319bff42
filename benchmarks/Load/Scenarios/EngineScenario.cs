using System.Globalization;
using Benchmarks.Load.Processes;
using Benchmarks.Load.Reporting;
using Capacity.Simulation;

namespace Benchmarks.Load.Scenarios;

/// <summary>What the engine itself costs an image, with a session that costs nothing; measured by the engine verb.</summary>
internal static class EngineScenario
{
    private const double TargetMicroseconds = 50;

    // Columns of its table: name, images a second, µs of processor time an image, bytes an image, …
    private const int ProcessorColumn = 2;
    private const int BytesColumn = 3;

    public static async Task RunAsync(BenchRun run)
    {
        IReadOnlyList<string> command = ChildProcess.Verb("engine", "overhead", run.Options.IsQuick ? "40000" : "200000");
        string printed = await ToolRun.TextAsync(command, run.Cancellation).ConfigureAwait(false);
        // Heading and rule have no number in that column; each case comes once a round.
        foreach (IGrouping<string, string[]> rounds in Rows(printed)
            .Where(row => row.Length > BytesColumn && IsNumber(row[ProcessorColumn])).GroupBy(row => row[0]))
        {
            double microseconds =
                LatencySummary.Median(rounds.Select(row => double.Parse(row[ProcessorColumn], CultureInfo.InvariantCulture)));
            double bytes = LatencySummary.Median(rounds.Select(row => double.Parse(row[BytesColumn], CultureInfo.InvariantCulture)));
            run.Report.Add(Finding.AtMost(
                $"engine overhead, {rounds.Key}", $"{microseconds:0.0} µs of processor time an image",
                $"{bytes:0} bytes allocated an image",
                microseconds, TargetMicroseconds, " µs"));
        }

        run.Report.Detail("engine", printed);
    }

    private static IEnumerable<string[]> Rows(string printed) => printed.Split('\n')
        .Where(line => line.StartsWith('|'))
        .Select(line => line.Trim().Trim('|').Split('|', StringSplitOptions.TrimEntries));

    private static bool IsNumber(string text) => double.TryParse(text, CultureInfo.InvariantCulture, out _);
}
