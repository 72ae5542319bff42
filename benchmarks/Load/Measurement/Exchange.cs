using System.Diagnostics;
using Benchmarks.Load.Http;

namespace Benchmarks.Load.Measurement;

/// <summary>One request's story; times are Stopwatch timestamps.</summary>
/// <param name="Planned">When it was meant to be sent; latency counts from here, so a late generator hides nothing.</param>
/// <param name="Sent">When it was sent.</param>
/// <param name="Done">When its whole answer was there.</param>
/// <param name="Answer">What came back.</param>
internal readonly record struct Exchange(long Planned, long Sent, long Done, Answer Answer)
{
    public TimeSpan Latency => Stopwatch.GetElapsedTime(Planned, Done);

    public TimeSpan Lateness => Stopwatch.GetElapsedTime(Planned, Sent);
}
