using Benchmarks.Ceilings;
using Benchmarks.Load.Arrivals;
using Benchmarks.Load.Measurement;
using Benchmarks.Load.Processes;

namespace Benchmarks.Load.Scenarios;

/// <summary>
/// Rounds in which the parts without a server and every contender, idle and saturated, take turns: ratios are taken within a round, and
/// their median over the rounds is reported, so that a noisy minute spoils no comparison. Every other round goes backwards: a host that
/// slows down steadily favours nobody.
/// </summary>
internal static class SaturationScenario
{
    private const int WarmUpPerClient = 10;
    private const int MostWarmUps = 5;
    private static readonly TimeSpan WarmUpTime = TimeSpan.FromSeconds(3);

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
            foreach (ServiceProcess process in processes) await WarmUpAsync(run, process.Port, requests).ConfigureAwait(false);
            for (int round = 0; round < options.Rounds; round++)
            {
                Console.WriteLine($"  round {round + 1} of {options.Rounds} ...");
                CeilingFigures? ceilings = null;
                var measured = new Dictionary<string, ContenderRound>();
                int[] order = [-1, .. Enumerable.Range(0, contenders.Length)];
                if (round % 2 == 1) Array.Reverse(order);
                foreach (int turn in order)
                {
                    if (turn < 0) ceilings = await run.MeasureCeilingsAsync(model, options.CeilingSeconds).ConfigureAwait(false);
                    else measured[contenders[turn].Name] = await MeasureAsync(run, processes[turn], requests).ConfigureAwait(false);
                }

                rounds.Add(new SaturationRound(ceilings!, measured));
            }
        }
        finally
        {
            foreach (ServiceProcess process in processes) await process.DisposeAsync().ConfigureAwait(false);
        }

        run.Report.Detail($"saturation {model}", rounds);
        new SaturationFindings(run, model, rounds, service.Name).Report(target);
    }

    /// <summary>With all clients: pools grow to what so many requests at once need, and that is no part of the steady state.</summary>
    private static async Task WarmUpAsync(BenchRun run, int port, byte[][] requests)
    {
        int clients = run.Options.Clients;
        for (int sent = 0, stretch = 0; sent < WarmUpPerClient * clients && stretch < MostWarmUps; stretch++)
            sent += (await ClosedLoop.RunAsync(port, requests, clients, WarmUpTime, cancellation: run.Cancellation)
                .ConfigureAwait(false)).Requests;
    }

    private static async Task<ContenderRound> MeasureAsync(BenchRun run, ServiceProcess process, byte[][] requests)
    {
        BenchOptions options = run.Options;
        LoadResult idle = await ClosedLoop.RunAsync(process.Port, requests, 1, options.IdleTime, cancellation: run.Cancellation)
            .ConfigureAwait(false);
        AllocationMeter? allocation = await AllocationMeter.StartAsync(process.Port, run.Cancellation).ConfigureAwait(false);
        TimeSpan processor = process.Usage.ProcessorTime;
        LoadResult saturated = await ClosedLoop.RunAsync(
            process.Port, requests, options.Clients, options.SaturationTime, cancellation: run.Cancellation).ConfigureAwait(false);
        processor = process.Usage.ProcessorTime - processor;
        long resident = process.Usage.ResidentBytes;
        if (idle.Latency is null || saturated.Latency is null)
        {
            string errors = string.Join(", ", saturated.Errors.Select(e => $"{e.Value} x status {e.Key}"));
            throw new InvalidOperationException($"port {process.Port} classified nothing: {errors}");
        }

        return new ContenderRound(
            idle,
            saturated,
            processor.TotalMilliseconds / saturated.Latency.Count,
            resident,
            allocation is null ? null : await allocation.StopAsync(saturated.Seconds, saturated.Latency.Count, run.Cancellation)
            .ConfigureAwait(false));
    }
}
