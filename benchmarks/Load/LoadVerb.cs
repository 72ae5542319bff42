using System.Runtime.InteropServices;
using Benchmarks.Load.Measurement;
using Benchmarks.Load.Reporting;
using Benchmarks.Load.Scenarios;

namespace Benchmarks.Load;

/// <summary>The service, its ceilings and its peers under load; writes the report.</summary>
internal static class LoadVerb
{
    /// <returns>The exit code: 1 where a scenario could not be measured.</returns>
    /// <exception cref="ArgumentException">An argument is unknown or has no value.</exception>
    public static async Task<int> RunAsync(string[] arguments)
    {
        BenchOptions options = BenchOptions.Parse(arguments);
        // Interrupted, it unwinds: every server that was started is ended.
        using var stop = new CancellationTokenSource();
        using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

        byte[][] pictures = [.. Directory.GetFiles(options.Pictures).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
        string description = $"{pictures.Length} JPEGs, {pictures.Average(p => p.Length) / 1000:0} KB on average, {options.PicturesFrom}";
        MachineFacts machine = await MachineFacts.ReadAsync(options.Root, stop.Token).ConfigureAwait(false);
        var report = new Report(machine, options.Mode, description, TimeProvider.System.GetLocalNow());
        var run = new BenchRun(options, pictures, report, stop.Token);
        Console.WriteLine($"{machine.Processor}, {machine.Cores} cores, commit {machine.Commit}; {description}");
        foreach (Scenario scenario in Scenario.Chosen(options))
        {
            if (!stop.IsCancellationRequested) await MeasureAsync(scenario, run).ConfigureAwait(false);
        }

        string path = report.Write(options.Results);
        Console.WriteLine();
        Console.WriteLine(report.Markdown());
        Console.WriteLine($"Written to {path} and .json beside it.");
        return report.HasFailures ? 1 : 0;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    private static async Task MeasureAsync(Scenario scenario, BenchRun run)
    {
        Console.WriteLine($"== {scenario.Name}");
        ProcessorSteal? before = ProcessorSteal.Now;
        try
        {
            await scenario.Run(run).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (run.Cancellation.IsCancellationRequested)
        {
            run.Report.Fail(scenario.Name, "interrupted");
        }
#pragma warning disable CA1031 // One scenario that cannot run must not cost the others' figures.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            run.Report.Fail(scenario.Name, failure.Message);
        }
        finally
        {
            if (before is { } start && ProcessorSteal.Now is { } end) run.Report.Stolen(scenario.Name, end.PartSince(start));
        }
    }
}
