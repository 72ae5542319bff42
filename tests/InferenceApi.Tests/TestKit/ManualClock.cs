namespace TestKit;

/// <summary>A clock that moves only when told. Its frequency is odd, so that timestamps taken for ticks give wrong times.</summary>
internal sealed class ManualClock : TimeProvider
{
    private const long Frequency = 7_654_321;

    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private TimeSpan _now = TimeSpan.FromHours(1);

    public override long TimestampFrequency => Frequency;

    public override long GetTimestamp()
    {
        lock (_gate) return (long)(_now.TotalSeconds * Frequency);
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) + _now;
    }

    /// <summary>The timestamp this long from now.</summary>
    public long In(TimeSpan time)
    {
        lock (_gate) return (long)((_now + time).TotalSeconds * Frequency);
    }

    /// <summary>Moves on and fires what falls due, on the caller's thread.</summary>
    public void Advance(TimeSpan time)
    {
        List<ManualTimer> due;
        lock (_gate)
        {
            _now += time;
            due = [.. _timers.Where(timer => timer.TakeIfDue(_now))];
        }

        foreach (ManualTimer timer in due) timer.Fire();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        lock (_gate) _timers.Add(timer);
        return timer;
    }

    private sealed class ManualTimer(ManualClock clock, Action fire) : ITimer
    {
        private TimeSpan? _due;
        private TimeSpan _period;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                _due = dueTime == Timeout.InfiniteTimeSpan ? null : clock._now + dueTime;
                _period = period;
            }

            return true;
        }

        public bool TakeIfDue(TimeSpan now)
        {
            if (_due is not { } due || due > now) return false;
            _due = _period == Timeout.InfiniteTimeSpan ? null : now + _period;
            return true;
        }

        public void Fire() => fire();

        public void Dispose()
        {
            lock (clock._gate) clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
