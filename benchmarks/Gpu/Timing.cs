using System.Diagnostics;
using Capacity.Simulation;

namespace Benchmarks.Gpu;

/// <summary>Repeats something for a while.</summary>
internal static class Timing
{
    /// <summary>Milliseconds of each call, at least five after two that do not count.</summary>
    public static LatencySummary Of(Action action, TimeSpan time)
    {
        action();
        action();
        var milliseconds = new List<double>();
        long start = Stopwatch.GetTimestamp();
        while (milliseconds.Count < 5 || Stopwatch.GetElapsedTime(start) < time)
        {
            long begun = Stopwatch.GetTimestamp();
            action();
            milliseconds.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        return LatencySummary.Of(milliseconds)!;
    }
}
