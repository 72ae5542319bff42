using System.Diagnostics;
using Capacity.Simulation;

namespace Benchmarks.Load.Measurement;

/// <summary>One measured stretch of load, summarised.</summary>
/// <param name="Seconds">First planned send to last answer.</param>
/// <param name="Requests">Sent.</param>
/// <param name="Goodput">Classified images a second.</param>
/// <param name="Latency">Of classified images, milliseconds from the planned send time.</param>
/// <param name="Refusals">By status (429, 503, 504), with their own latency from the actual send time.</param>
/// <param name="Errors">By status; 0 is a broken connection.</param>
/// <param name="Batches">How many images were answered from a run of each size.</param>
/// <param name="BytesReceived">Answers, heads included.</param>
/// <param name="P99LatenessMs">How late the generator itself was; included in the latencies.</param>
/// <param name="GeneratorCpuMsPerRequest">The generator's own processor time.</param>
internal sealed record LoadResult(
    double Seconds,
    int Requests,
    double Goodput,
    LatencySummary? Latency,
    IReadOnlyDictionary<int, LatencySummary> Refusals,
    IReadOnlyDictionary<int, int> Errors,
    IReadOnlyDictionary<int, int> Batches,
    long BytesReceived,
    double P99LatenessMs,
    double GeneratorCpuMsPerRequest)
{
    public static LoadResult Of(IReadOnlyList<Exchange> exchanges, TimeSpan generatorCpu)
    {
        if (exchanges.Count == 0) throw new ArgumentException("No request was sent.", nameof(exchanges));
        double seconds = Stopwatch.GetElapsedTime(exchanges.Min(e => e.Planned), exchanges.Max(e => e.Done)).TotalSeconds;
        Exchange[] good = [.. exchanges.Where(e => e.Answer.IsSuccess)];
        return new LoadResult(
            seconds,
            exchanges.Count,
            good.Length / seconds,
            LatencySummary.Of(good.Select(e => e.Latency.TotalMilliseconds)),
            exchanges.Where(e => e.Answer.IsRefusal).GroupBy(e => e.Answer.Status).OrderBy(g => g.Key)
                .ToDictionary(
                    g => g.Key,
                    g => LatencySummary.Of(g.Select(e => Stopwatch.GetElapsedTime(e.Sent, e.Done).TotalMilliseconds))!),
            exchanges.Where(e => !e.Answer.IsSuccess && !e.Answer.IsRefusal).CountBy(e => e.Answer.Status).ToDictionary(),
            good.CountBy(e => e.Answer.Batch).OrderBy(pair => pair.Key).ToDictionary(),
            exchanges.Sum(e => (long)e.Answer.Length),
            LatencySummary.Of(exchanges.Select(e => e.Lateness.TotalMilliseconds))!.P99,
            generatorCpu.TotalMilliseconds / exchanges.Count);
    }
}
