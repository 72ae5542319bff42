using Load.Arrivals;
using Load.Measurement;
using Load.Processes;

namespace Load.Scenarios;

/// <summary>
/// Rounds of ceilings, then every contender saturated and idle, one after the other: figures of one round are compared with each other,
/// and the median over the rounds is reported, so that a noisy minute spoils no comparison.
/// </summary>
internal static class SaturationScenario
{
    public static async Task RunAsync(BenchRun run, string model, double target, bool withPeers)
    {
        BenchOptions options = run.Options;
        Contender service = Contenders.Service(options);
        Contender[] contenders = [service, .. withPeers ? Contenders.Peers(options) : []];
        var processes = new List<ServiceProcess>();
        var rounds = new List<SaturationRound>();
        try
        {
            foreach (Contender contender in contenders) processes.Add(await run.StartAsync(contender, model).ConfigureAwait(false));
            byte[][] requests = run.Requests(model);
            foreach (ServiceProcess process in processes)
                await ClosedLoop.RunAsync(process.Port, requests, 4, TimeSpan.FromSeconds(2), 50, run.Cancellation).ConfigureAwait(false);
            for (int round = 0; round < options.Rounds; round++)
            {
                Console.WriteLine($"  round {round + 1} of {options.Rounds} ...");
                Ceilings ceilings = await run.MeasureCeilingsAsync(model).ConfigureAwait(false);
                var measured = new Dictionary<string, ContenderRound>();
                for (int i = 0; i < contenders.Length; i++)
                    measured[contenders[i].Name] = await MeasureAsync(run, processes[i], requests).ConfigureAwait(false);
                rounds.Add(new SaturationRound(ceilings, measured));
            }
        }
        finally
        {
            foreach (ServiceProcess process in processes) await process.DisposeAsync().ConfigureAwait(false);
        }

        run.Report.Detail($"saturation {model}", rounds);
        new SaturationFindings(run, model, rounds, service.Name).Report(target);
    }

    private static async Task<ContenderRound> MeasureAsync(BenchRun run, ServiceProcess process, byte[][] requests)
    {
        BenchOptions options = run.Options;
        LoadResult idle = await ClosedLoop.RunAsync(process.Port, requests, 1, options.IdleTime, cancellation: run.Cancellation).ConfigureAwait(false);
        MetricsPage before = await MetricsPage.ReadAsync(process.Port, run.Cancellation).ConfigureAwait(false);
        TimeSpan processor = process.Usage.ProcessorTime;
        LoadResult saturated = await ClosedLoop.RunAsync(
            process.Port, requests, options.Clients, options.SaturationTime, cancellation: run.Cancellation).ConfigureAwait(false);
        processor = process.Usage.ProcessorTime - processor;
        long resident = process.Usage.ResidentBytes;
        MetricsPage after = await MetricsPage.ReadAsync(process.Port, run.Cancellation).ConfigureAwait(false);
        if (idle.Latency is null || saturated.Latency is null)
            throw new InvalidOperationException($"port {process.Port} classified nothing: {string.Join(", ", saturated.Errors.Select(e => $"{e.Value} x status {e.Key}"))}");
        return new ContenderRound(
            idle,
            saturated,
            processor.TotalMilliseconds / saturated.Latency.Count,
            resident,
            (after.AllocatedBytes - before.AllocatedBytes) / saturated.Latency.Count,
            after.Gen2Collections - before.Gen2Collections);
    }
}
