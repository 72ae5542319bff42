using System.Runtime.InteropServices;
using Load;
using Load.Measurement;
using Load.Reporting;
using Load.Scenarios;

BenchOptions options;
try
{
    options = BenchOptions.Parse(args);
}
catch (Exception failure) when (failure is ArgumentException or FormatException)
{
    await Console.Error.WriteLineAsync(failure.Message).ConfigureAwait(false);
    return 2;
}

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
    Console.WriteLine($"== {scenario.Name}");
    ProcessorSteal? before = ProcessorSteal.Now;
    try
    {
        await scenario.Run(run).ConfigureAwait(false);
    }
    catch (OperationCanceledException) when (stop.IsCancellationRequested)
    {
        report.Fail(scenario.Name, "interrupted");
        break;
    }
#pragma warning disable CA1031 // One scenario that cannot run must not cost the others' figures.
    catch (Exception failure)
#pragma warning restore CA1031
    {
        report.Fail(scenario.Name, failure.Message);
    }
    finally
    {
        if (before is { } start && ProcessorSteal.Now is { } end) report.Stolen(scenario.Name, end.PartSince(start));
    }
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
