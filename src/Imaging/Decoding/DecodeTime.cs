using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Imaging.Decoding;

/// <summary>
/// The processor time that one picture may take, on the thread that made this. On a busy machine a picture waits for the processor, which
/// is not its fault; so the thread's own clock decides, and is asked only once that much time has passed on the wall's.
/// </summary>
internal readonly partial struct DecodeTime
{
    private const int LinuxThreadClock = 3, MacThreadClock = 16;

    private readonly long _begun;
    private readonly TimeSpan _used;
    private readonly CancellationToken _cancellation;

    /// <param name="limits">With the time allowed.</param>
    /// <param name="cancellation">Ends it early.</param>
    public DecodeTime(ImageLimits limits, CancellationToken cancellation)
    {
        Limits = limits;
        _begun = Stopwatch.GetTimestamp();
        _used = ThreadTime() ?? TimeSpan.Zero;
        _cancellation = cancellation;
    }

    /// <summary>The limits to keep, of time and all others.</summary>
    public ImageLimits Limits { get; }

    /// <summary>Whether somebody still wants the picture and it may go on.</summary>
    public bool IsLeft => !_cancellation.IsCancellationRequested && !IsOver;

    private bool IsOver
    {
        get
        {
            TimeSpan elapsed = Stopwatch.GetElapsedTime(_begun);
            return elapsed > Limits.MaxTime && (ThreadTime() - _used ?? elapsed) > Limits.MaxTime;
        }
    }

    /// <exception cref="InvalidImageException">With <see cref="InvalidImageReason.TooCostly"/>.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Check()
    {
        _cancellation.ThrowIfCancellationRequested();
        if (IsOver) throw InvalidImageException.OutOfTime(Limits);
    }

    /// <summary>Null where the system has no such clock; the wall's then counts.</summary>
    private static TimeSpan? ThreadTime()
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS()) return null;
        return GetClock(OperatingSystem.IsLinux() ? LinuxThreadClock : MacThreadClock, out Time time) == 0
            ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000)
            : null;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetClock(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
