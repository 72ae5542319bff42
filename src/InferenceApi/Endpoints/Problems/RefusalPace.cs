namespace InferenceApi.Endpoints.Problems;

/// <summary>
/// Lets the first refusals of each second pass as they are; those beyond have no log line of their own and are answered a little later,
/// so that clients who repeat at once neither fill the log nor take the processor from those who are served.
/// </summary>
internal sealed class RefusalPace(TimeProvider time)
{
    /// <summary>A line each for whoever looks for one caller's trouble; 10 lines of 400 bytes are 350 MB a day.</summary>
    private const int EachSecond = 10;

    private readonly Lock _gate = new();
    private long _second;
    private int _refused;
    private int _unlogged;

    /// <summary>How much later a refusal beyond the pace is answered: a client that repeats at once comes five times a second.</summary>
    public static TimeSpan Delay { get; } = TimeSpan.FromSeconds(0.2);

    /// <summary>Whether more than the pace were refused in this second; the one asked for is not counted.</summary>
    public bool Exceeded
    {
        get
        {
            lock (_gate) return _second == Now && _refused >= EachSecond;
        }
    }

    /// <summary>Counts a refusal.</summary>
    /// <returns>Whether it is logged.</returns>
    public bool Count()
    {
        lock (_gate)
        {
            if (_second != Now) (_second, _refused) = (Now, 0);
            if (_refused++ < EachSecond) return true;
            _unlogged++;
            return false;
        }
    }

    /// <summary>How many were not logged in the seconds before this one, once.</summary>
    public int TakeUnlogged()
    {
        lock (_gate)
        {
            if (_unlogged == 0 || _second == Now) return 0;
            (int unlogged, _unlogged) = (_unlogged, 0);
            return unlogged;
        }
    }

    private long Now => time.GetTimestamp() / time.TimestampFrequency;
}
