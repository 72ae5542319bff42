namespace InferenceApi.Endpoints.Problems;

/// <summary>
/// Logs and answers the first refusals of each second at once; later ones are not logged and are answered with a delay, so that clients
/// that retry at once neither fill the log nor use up the processor.
/// </summary>
internal sealed class RefusalPace(TimeProvider time)
{
    /// <summary>Enough lines to diagnose one caller's refusals; 10 lines of 400 bytes a second are 350 MB a day.</summary>
    private const int EachSecond = 10;

    private readonly Lock _gate = new();
    private long _second;
    private int _refused;
    private int _unlogged;

    /// <summary>Delay of refusals beyond the limit: a client that retries at once sends five requests a second.</summary>
    public static TimeSpan Delay { get; } = TimeSpan.FromSeconds(0.2);

    /// <summary>Whether more than the limit were refused in this second; the current request is not counted.</summary>
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

    /// <summary>Returns the number of unlogged refusals of earlier seconds, and resets it.</summary>
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
