using System.Globalization;
using Benchmarks.Load.Processes;
using Benchmarks.Load.Reporting;

namespace Benchmarks.Load.Scenarios;

/// <summary>
/// File to tensor on one core beside torchvision's pipeline on the same pictures; the prepare verb takes turns between all.
/// </summary>
internal static class PrepareScenario
{
    /// <summary>Each JPEG decoder's own target; the second is measured where it is installed.</summary>
    private static readonly (string Decoder, double Target)[] Decoders = [("libvips", 0.65), ("libturbojpeg", 0.5)];

    public static async Task RunAsync(BenchRun run)
    {
        IReadOnlyList<string> command =
            ["taskset", "-c", "0", .. ChildProcess.Verb("prepare", run.Options.Pictures, run.Options.IsFull ? "21" : "9")];
        string printed = await ToolRun.TextAsync(command, run.Cancellation).ConfigureAwait(false);
        double theirs = Figure("torchvision") ?? throw new InvalidOperationException("the tool printed no line 'torchvision'.");
        foreach ((string decoder, double target) in Decoders)
        {
            if (Figure($"{decoder}, whole") is not { } ours || Figure($"{decoder}, ratio") is not { } ratio) continue;
            run.Report.Detail($"prepare, {decoder}", new { oursMs = ours, torchvisionMs = theirs, ratio });
            run.Report.Add(Finding.AtMost(
                $"prepare, one core, {decoder}, against torchvision", $"{ours:0.00} ms", $"torchvision {theirs:0.00} ms", ratio, target,
                " ×"));
        }

        double? Figure(string name)
        {
            string? line = printed.Split('\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
            return line is null ? null : double.Parse(line[name.Length..].TrimStart().Split(' ')[0], CultureInfo.InvariantCulture);
        }
    }
}
