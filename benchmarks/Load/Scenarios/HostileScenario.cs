using Benchmarks.Load.Arrivals;
using Benchmarks.Load.Hostile;
using Benchmarks.Load.Measurement;
using Benchmarks.Load.Processes;
using Benchmarks.Load.Reporting;

namespace Benchmarks.Load.Scenarios;

/// <summary>
/// Good clients beside hostile ones: what the good ones lose, what is counted as a fault of the service, and what is left behind.
/// </summary>
internal static class HostileScenario
{
    private const int GoodClients = 2;
    private const int Connections = 500;
    private const int Leaving = 2000;
    private const int BadChunks = 500;
    private const int AtOnce = 50;
    private const double GoodputTarget = 0.9;
    private const double LatencyTarget = 2;
    private const double HandlesTarget = 10;
    private const double GrowthTarget = 0.05;

    public static async Task RunAsync(BenchRun run)
    {
        ServiceProcess process = await run.StartAsync(Service(run), run.Options.SmallModel).ConfigureAwait(false);
        await using var ending = process.ConfigureAwait(false);
        // Pools, compilation and the estimates settle before anything is compared.
        await GoodAsync(run, process, run.Options.SaturationTime).ConfigureAwait(false);
        foreach (Attack attack in (Attack[])[Attack.SlowBody(1), Attack.SlowBody(300), Attack.HalfHeader, Attack.NeverReads])
            await BesideAsync(run, process, attack).ConfigureAwait(false);
        await LeaversAsync(run, process).ConfigureAwait(false);
        await SoakAsync(run, process).ConfigureAwait(false);
        await StopAsync(run, process).ConfigureAwait(false);
    }

    /// <summary>With the defaults of <c>Uploads</c> and <c>Connections</c>, unlike the other scenarios.</summary>
    private static Contender Service(BenchRun run) =>
        Contenders.Service(run.Options, "--Uploads:AddressPercent=50", "--Shutdown:Delay=00:00:01");

    private static Task<LoadResult> GoodAsync(BenchRun run, ServiceProcess process, TimeSpan time) => ClosedLoop.RunAsync(
        process.Port, run.Requests(run.Options.SmallModel), GoodClients, time, cancellation: run.Cancellation);

    /// <summary>The good clients before, beside and after an attack; "without" is the mean of before and after.</summary>
    private static async Task BesideAsync(BenchRun run, ServiceProcess process, Attack attack)
    {
        TimeSpan time = run.Options.HostileTime;
        LoadResult before = await GoodAsync(run, process, time / 2).ConfigureAwait(false);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(run.Cancellation);
        var attackers = new Attackers(process.Port, run.Options.SmallModel);
        Task attacking = attackers.HoldAsync(attack, Connections, end.Token);
        Task<(int Asked, int Unready)> watching = ReadyWatch.RunAsync(process.Port, end.Token);
        LoadResult beside = await GoodAsync(run, process, time).ConfigureAwait(false);
        await end.CancelAsync().ConfigureAwait(false);
        await attacking.ConfigureAwait(false);
        (int asked, int unready) = await watching.ConfigureAwait(false);
        LoadResult after = await GoodAsync(run, process, time / 2).ConfigureAwait(false);

        double goodput = (before.Goodput + after.Goodput) / 2;
        double p99 = (P99(before) + P99(after)) / 2;
        string name = $"{Connections} {attack.Name}";
        string answers =
            string.Join(", ", attackers.Outcomes.OrderBy(o => o.Key, StringComparer.Ordinal).Select(o => $"{o.Value} × {o.Key}"));
        int refused = beside.Refusals.Values.Sum(r => r.Count) + beside.Errors.Values.Sum();
        run.Report.Detail($"hostile: {name}", new { before, beside, after, attackers.Outcomes, asked, unready });
        run.Report.Add(Finding.AtLeast(
            $"{name}: good clients", $"{beside.Goodput:0.0} img/s", $"without {goodput:0.0} img/s; attackers got {answers}",
            beside.Goodput / goodput, GoodputTarget));
        run.Report.Add(
            Finding.AtMost($"{name}: their p99", $"{P99(beside):0} ms", $"without {p99:0} ms", P99(beside) / p99, LatencyTarget, " ×"));
        run.Report.Add(Finding.AtMost($"{name}: their refusals and failures", $"{refused} of {beside.Requests}", "", refused, 0));
        run.Report.Add(Finding.AtMost($"{name}: unready", $"{unready} of {asked}", "", unready, 0));
    }

    /// <summary>Clients that leave or break the protocol are no fault of the service, and leave nothing behind.</summary>
    private static async Task LeaversAsync(BenchRun run, ServiceProcess process)
    {
        var attackers = new Attackers(process.Port, run.Options.SmallModel);
        (Attack Attack, int Times)[] waves =
            [(Attack.Reset, Leaving), (Attack.Leaver(run.Pictures[0]), Leaving), (Attack.BadChunk, BadChunks)];
        // A first tenth fills the pools that the rest is compared with.
        foreach ((Attack attack, int times) in waves)
            await attackers.RepeatAsync(attack, times / 10, AtOnce, run.Cancellation).ConfigureAwait(false);
        ProcessUsage usage = process.Usage;
        await SettleAsync(run, process).ConfigureAwait(false);
        (int handles, long resident) = (usage.Handles, usage.ResidentBytes);
        double failures = await FailuresAsync(run, process).ConfigureAwait(false);
        foreach ((Attack attack, int times) in waves)
            await attackers.RepeatAsync(attack, times, AtOnce, run.Cancellation).ConfigureAwait(false);
        await SettleAsync(run, process).ConfigureAwait(false);
        failures = await FailuresAsync(run, process).ConfigureAwait(false) - failures;
        int traces = File.ReadLines(process.LogFile).Count(line => line.TrimStart().StartsWith("at ", StringComparison.Ordinal));

        string name = $"{Leaving} resets, {Leaving} leaving clients, {BadChunks} bad chunks";
        run.Report.Detail("hostile: leavers", new
        {
            attackers.Outcomes,
            failures,
            traces,
            handlesBefore = handles,
            usage.Handles,
            residentBefore = resident,
            usage.ResidentBytes
        });
        run.Report.Add(Finding.AtMost($"{name}: 5xx by the metrics", $"{failures:0}", "", failures, 0));
        run.Report.Add(Finding.AtMost($"{name}: lines of stack traces in the log", $"{traces}", "", traces, 0));
        run.Report.Add(Finding.AtMost(
            $"{name}: more handles", $"{usage.Handles - handles}", $"{handles} before", usage.Handles - handles, HandlesTarget));
        double growth = ((double)usage.ResidentBytes / resident) - 1;
        run.Report.Add(Finding.AtMost($"{name}: growth of RSS", $"{growth:P1}", $"{resident >> 20} MiB before", growth, GrowthTarget));
    }

    /// <summary>One good request at a time until the service has nothing else under way.</summary>
    private static Task<LoadResult> SettleAsync(BenchRun run, ServiceProcess process) => ClosedLoop.RunAsync(
        process.Port, run.Requests(run.Options.SmallModel), 1, run.Options.IdleTime, cancellation: run.Cancellation);

    private static async Task<double> FailuresAsync(BenchRun run, ServiceProcess process)
    {
        MetricsPage page = await MetricsPage.ReadAsync(process.Port, run.Cancellation).ConfigureAwait(false);
        return page.Sum("http_server_request_duration_seconds_count", "http_response_status_code=\"5") ?? 0;
    }

    /// <summary>
    /// Good and hostile clients together for minutes: memory, handles and threads after the first tenth stay as they are.
    /// </summary>
    private static async Task SoakAsync(BenchRun run, ServiceProcess process)
    {
        Attack[] kinds =
        [
            Attack.SlowBody(1), Attack.SlowBody(300), Attack.HalfHeader, Attack.NeverReads, Attack.Reset, Attack.Leaver(run.Pictures[0]),
            Attack.BadChunk,
        ];
        const int parts = 10;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(run.Cancellation);
        var attackers = new Attackers(process.Port, run.Options.SmallModel);
        Task attacking = Task.WhenAll(kinds.Select((kind, i) =>
            i < 4 ? attackers.HoldAsync(kind, 20, end.Token) : PacedAsync(attackers, kind, end.Token)));
        var seen = new List<(double Mib, int Handles, int Threads)>();
        int images = 0, failed = 0;
        for (int part = 0; part < parts; part++)
        {
            LoadResult good = await GoodAsync(run, process, run.Options.SoakTime / parts).ConfigureAwait(false);
            images += good.Requests;
            failed += good.Refusals.Values.Sum(r => r.Count) + good.Errors.Values.Sum();
            seen.Add((process.Usage.ResidentBytes / (double)(1 << 20), process.Usage.Handles, process.Usage.Threads));
        }

        await end.CancelAsync().ConfigureAwait(false);
        await attacking.ConfigureAwait(false);
        double growth = (seen.Skip(1).Max(s => s.Mib) / seen[0].Mib) - 1;
        string name = $"{run.Options.SoakTime.TotalMinutes:0.#} minutes of good and hostile traffic";
        run.Report.Detail(
            "hostile: soak", new { seen = seen.Select(s => new { s.Mib, s.Handles, s.Threads }), attackers.Outcomes, images, failed });
        run.Report.Add(Finding.AtMost(
            $"{name}: growth of RSS after the first tenth", $"{growth:P1}", string.Join(", ", seen.Select(s => $"{s.Mib:0}")) + " MiB",
            growth, GrowthTarget));
        run.Report.Add(new Finding(
            $"{name}: handles and threads", string.Join(", ", seen.Select(s => $"{s.Handles}/{s.Threads}"))));
        run.Report.Add(Finding.AtMost($"{name}: good requests that failed", $"{failed} of {images}", "", failed, 0));
    }

    /// <summary>Attacks that end at once come some a second, or they would be all that the machine does.</summary>
    private static async Task PacedAsync(Attackers attackers, Attack attack, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            await attackers.RepeatAsync(attack, 5, 5, end).ConfigureAwait(false);
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, end)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>SIGTERM with a half header and a silent half body open; the delay is a second.</summary>
    private static async Task StopAsync(BenchRun run, ServiceProcess process)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(run.Cancellation);
        var attackers = new Attackers(process.Port, run.Options.SmallModel);
        Task attacking = Task.WhenAll(
            attackers.RepeatAsync(Attack.HalfHeader, 1, 1, end.Token), attackers.RepeatAsync(Attack.SlowBody(1), 1, 1, end.Token));
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, run.Cancellation).ConfigureAwait(false);
        TimeSpan took = await process.StopAsync().ConfigureAwait(false);
        await end.CancelAsync().ConfigureAwait(false);
        await attacking.ConfigureAwait(false);
        run.Report.Add(Finding.AtMost(
            "SIGTERM with a half header and a slow half body open", $"{took.TotalSeconds:0.00} s", "a delay of 1 s",
            took.TotalSeconds, 3, " s"));
    }

    private static double P99(LoadResult result) => result.Latency?.P99 ?? double.PositiveInfinity;
}
