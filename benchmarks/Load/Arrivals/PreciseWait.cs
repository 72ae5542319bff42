using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Benchmarks.Load.Arrivals;

/// <summary>
/// Waits to some tens of microseconds without spinning: timers of .NET tick in milliseconds, and spinning would steal a core.
/// </summary>
internal static partial class PreciseWait
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Blocks until <see cref="Stopwatch.GetTimestamp"/> has reached <paramref name="timestamp"/>.</summary>
    public static void Until(long timestamp)
    {
        while (true)
        {
            long left = timestamp - Stopwatch.GetTimestamp();
            if (left <= 0) return;
            long nanoseconds = (long)(left * ((double)NanosecondsPerSecond / Stopwatch.Frequency));
            if (OperatingSystem.IsWindows())
            {
                SpinWait.SpinUntil(() => false, TimeSpan.FromMicroseconds(nanoseconds / 1000.0));
                continue;
            }

            (long seconds, long rest) = Math.DivRem(nanoseconds, NanosecondsPerSecond);
            var duration = new Duration { Seconds = (nint)seconds, Nanoseconds = (nint)rest };
            _ = Sleep(duration, IntPtr.Zero);
        }
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sleep(in Duration duration, IntPtr remaining);

    /// <summary>struct timespec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Duration
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
