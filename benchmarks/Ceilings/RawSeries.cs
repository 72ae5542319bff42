using System.Diagnostics;
using Capacity.Simulation;
using InferenceApi.Runtime;

namespace Benchmarks.Ceilings;

/// <summary>Runs of one batch size in one arrangement, taken in slices. The sessions are the caller's.</summary>
internal sealed class RawSeries(IReadOnlyList<IModelInstance> sessions, int batch)
{
    private readonly List<double> _milliseconds = [];
    private readonly List<double> _ratePerSlice = [];

    public int Batch => batch;

    /// <summary>One run of each session, so that the first slice finds the memory it needs.</summary>
    public void WarmUp()
    {
        foreach (IModelInstance session in sessions) session.Run(batch);
    }

    /// <summary>All sessions at once until the time is up; a run that is begun is finished.</summary>
    public void Measure(TimeSpan time)
    {
        var runTimes = new List<double>[sessions.Count];
        long start = Stopwatch.GetTimestamp();
        Thread[] threads = [.. sessions.Select((session, i) => new Thread(() => runTimes[i] = Runs(session, start, time)))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();

        foreach (List<double> times in runTimes) _milliseconds.AddRange(times);
        // Each thread's own rate: the last run of one may go on after the other has ended.
        _ratePerSlice.Add(runTimes.Sum(times => times.Count * batch * 1000 / times.Sum()));
    }

    public RawRun Result() => new(sessions.Count, batch, LatencySummary.Median(_milliseconds), LatencySummary.Median(_ratePerSlice));

    private List<double> Runs(IModelInstance session, long start, TimeSpan time)
    {
        var milliseconds = new List<double>();
        do
        {
            long runStart = Stopwatch.GetTimestamp();
            session.Run(batch);
            milliseconds.Add(Stopwatch.GetElapsedTime(runStart).TotalMilliseconds);
        }
        while (Stopwatch.GetElapsedTime(start) < time);
        return milliseconds;
    }
}
