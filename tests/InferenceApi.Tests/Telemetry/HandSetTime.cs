namespace InferenceApi.Tests.Telemetry;

/// <summary>A clock that moves when it is told to.</summary>
internal sealed class HandSetTime : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public void Pass(TimeSpan time) => _ticks += time.Ticks;
}
