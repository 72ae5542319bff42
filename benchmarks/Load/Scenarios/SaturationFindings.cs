using Benchmarks.Ceilings;
using Benchmarks.Load.Measurement;
using Benchmarks.Load.Reporting;
using Capacity.Simulation;

namespace Benchmarks.Load.Scenarios;

/// <summary>Turns rounds into lines of the table: medians of ratios taken within a round.</summary>
internal sealed class SaturationFindings(BenchRun run, string model, IReadOnlyList<SaturationRound> rounds, string service)
{
    private const double PeerTarget = 1.3;
    private const double IdleTarget = 1.08;
    private const double AllocationTargetKib = 16;
    private const double ResidentTargetMib = 600;
    private const double Kib = 1 << 10;
    private const double Mib = 1 << 20;

    public void Report(double target)
    {
        double capacity = Median(r => Ours(r).Saturated.Goodput);
        (int, int) way = CeilingFigures.BestWay(rounds.Select(r => r.Ceilings));
        double ceiling = Median(r => r.Ceilings.Saturation(way));
        double idle = Median(r => Ours(r).Idle.Latency!.P50);
        if (model == run.Options.Model)
        {
            run.Capacity = capacity;
            run.IdleP50 = idle;
        }

        Spread saturation = Ratio(r => Ours(r).Saturated.Goodput / r.Ceilings.Saturation(way));
        Add(Finding.AtLeast(
            $"{model}: saturation throughput", $"{capacity:0.0} img/s", $"ceiling {ceiling:0.0} img/s; {saturation}", saturation.Median,
            target));
        Spread idleRatio = Ratio(r => Ours(r).Idle.Latency!.P50 / r.Ceilings.Idle);
        Add(Finding.AtMost(
            $"{model}: idle latency p50", $"{idle:0.0} ms", $"prepare + raw batch-1 run {Median(r => r.Ceilings.Idle):0.0} ms; {idleRatio}",
            idleRatio.Median, IdleTarget, " ×"));
        ReportPeers();
        ReportResources();
        ReportCeilings();
    }

    private void ReportPeers()
    {
        foreach (string peer in rounds[0].Contenders.Keys.Where(name => name != service))
        {
            Spread throughput = Ratio(r => Ours(r).Saturated.Goodput / r.Contenders[peer].Saturated.Goodput);
            Add(Finding.AtLeast(
                $"{model}: throughput against the {peer} peer", $"{Median(r => Ours(r).Saturated.Goodput):0.0} img/s",
                $"{peer} {Median(r => r.Contenders[peer].Saturated.Goodput):0.0} img/s; {throughput}", throughput.Median, PeerTarget));
            Add(new Finding(
                $"{model}: idle p50 against the {peer} peer", $"{Median(r => Ours(r).Idle.Latency!.P50):0.0} ms",
                $"{peer} {Median(r => r.Contenders[peer].Idle.Latency!.P50):0.0} ms; "
                + $"its RSS {Median(r => r.Contenders[peer].ResidentBytes) / Mib:0} MiB",
                Median(r => Ours(r).Idle.Latency!.P50 / r.Contenders[peer].Idle.Latency!.P50)));
        }
    }

    private void ReportResources()
    {
        double resident = Median(r => Ours(r).ResidentBytes) / Mib;
        Add(Finding.AtMost($"{model}: RSS, saturated", $"{resident:0} MiB", "", resident, ResidentTargetMib, " MiB"));
        if (Ours(rounds[0]).Allocation is not null)
        {
            double allocated = Median(r => Ours(r).Allocation!.BytesPerImage) / Kib;
            Add(Finding.AtMost(
                $"{model}: managed allocation per image, background and receive buffers subtracted", $"{allocated:0.0} KiB",
                $"raw {Median(r => Ours(r).Allocation!.RawBytesPerImage) / Kib:0.0} KiB, "
                + $"of it receive buffers {Median(r => Ours(r).Allocation!.BufferBytesPerImage) / Kib:0.0} KiB; "
                + $"idle {Median(r => Ours(r).Allocation!.Background.BytesPerSecond) / Kib:0.0} KiB/s, "
                + $"a scrape {Median(r => Ours(r).Allocation!.Background.BytesPerScrape) / Kib:0.0} KiB",
                allocated, AllocationTargetKib, " KiB"));
            double collections = rounds.Sum(r => Ours(r).Allocation!.Gen2Collections);
            Add(Finding.AtMost($"{model}: gen-2 collections, saturated", $"{collections:0}", "", collections, 0));
        }
        else
        {
            Add(new Finding($"{model}: managed allocation per image", "not on /metrics"));
        }

        LoadResult last = Ours(rounds[^1]).Saturated;
        Add(new Finding($"{model}: processor time per image, saturated", $"{Median(r => Ours(r).ProcessorMsPerImage):0.0} ms",
            $"the generator's own {last.GeneratorCpuMsPerRequest:0.000} ms"));
        Add(new Finding($"{model}: images by batch size, saturated", string.Join(", ", last.Batches.Select(b => $"{b.Key}: {b.Value}"))));
    }

    private void ReportCeilings()
    {
        CeilingFigures last = rounds[^1].Ceilings;
        foreach (IGrouping<int, RawRun> runs in last.Raw.GroupBy(r => r.Concurrency))
        {
            string how = runs.Key == 1 ? "one session, all cores" : $"{runs.Key} sessions of one thread";
            Add(new Finding($"{model}: raw ONNX Runtime, {how}", string.Join(", ", runs.Select(r => $"{r.Batch}: {r.ImagesPerSecond:0.0}")),
                "batch: img/s"));
        }

        BatchCurve curve = last.Envelope();
        Add(new Finding($"{model}: n images under the better arrangement, last round",
            string.Join(", ", Enumerable.Range(1, curve.MaxBatch).Select(n => $"{n}: {curve[n]:0.0}")),
            "images: ms; the ideal batch server's τ(n)"));
        Add(new Finding("decode only, one core", $"{Median(r => r.Ceilings.DecodeMs):0.00} ms",
            $"decode and prepare {Median(r => r.Ceilings.PrepareMs):0.00} ms"));
    }

    private ContenderRound Ours(SaturationRound round) => round.Contenders[service];

    private double Median(Func<SaturationRound, double> of) => LatencySummary.Median(rounds.Select(of));

    private Spread Ratio(Func<SaturationRound, double> of) => Spread.Of(rounds.Select(of));

    private void Add(Finding finding) => run.Report.Add(finding);
}
