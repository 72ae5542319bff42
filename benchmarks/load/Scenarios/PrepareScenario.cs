using System.Globalization;
using Load.Processes;
using Load.Reporting;

namespace Load.Scenarios;

/// <summary>File to tensor on one core beside torchvision's pipeline on the same pictures; benchmarks/prepare takes turns between the two.</summary>
internal static class PrepareScenario
{
    private const double Target = 0.65;

    public static async Task RunAsync(BenchRun run)
    {
        string tool = Path.Combine(run.Options.Root, "benchmarks/prepare/bin/Release/net10.0/Prepare.Benchmarks.dll");
        string printed = await ToolRun.TextAsync(
            ["taskset", "-c", "0", "dotnet", tool, run.Options.Pictures, run.Options.IsFull ? "21" : "9"], run.Cancellation).ConfigureAwait(false);
        double ours = Figure("ours, whole"), theirs = Figure("torchvision"), ratio = Figure("ratio");
        run.Report.Detail("prepare", new { oursMs = ours, torchvisionMs = theirs, ratio });
        run.Report.Add(Finding.AtMost("prepare, one core, against torchvision", $"{ours:0.00} ms", $"torchvision {theirs:0.00} ms", ratio, Target, " ×"));

        double Figure(string name)
        {
            string line = printed.Split('\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))
                ?? throw new InvalidOperationException($"the tool printed no line '{name}'.");
            return double.Parse(line[name.Length..].TrimStart().Split(' ')[0], CultureInfo.InvariantCulture);
        }
    }
}
