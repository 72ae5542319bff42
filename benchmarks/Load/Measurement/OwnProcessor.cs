using System.Diagnostics;

namespace Benchmarks.Load.Measurement;

/// <summary>The generator's own use of the processor, to be reported beside what it measures.</summary>
internal static class OwnProcessor
{
    public static TimeSpan Used
    {
        get
        {
            using Process self = Process.GetCurrentProcess();
            return self.TotalProcessorTime;
        }
    }
}
