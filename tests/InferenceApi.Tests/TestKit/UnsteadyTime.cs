namespace TestKit;

/// <summary>The system's time, except for what a test adds: to the wall clock, or to the clock that durations are measured with.</summary>
internal sealed class UnsteadyTime : TimeProvider
{
    private long _skipped;
    private long _wallTicks;

    public override long GetTimestamp() => System.GetTimestamp() + Interlocked.Read(ref _skipped);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _wallTicks));

    /// <summary>Whatever goes on now takes so much longer. Timers do not notice.</summary>
    public void Skip(TimeSpan time) => Interlocked.Add(ref _skipped, (long)(time.TotalSeconds * TimestampFrequency));

    /// <summary>The wall clock is set; durations do not notice.</summary>
    public void SetWallClock(TimeSpan by) => Interlocked.Add(ref _wallTicks, by.Ticks);
}
