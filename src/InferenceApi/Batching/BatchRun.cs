using System.Diagnostics;
using InferenceApi.Runtime;

namespace InferenceApi.Batching;

/// <summary>
/// One run: its members and its end. Either the thread of the native call ends it or the watchdog abandons it, never both; the one that
/// ends it owns the compute slots.
/// </summary>
internal sealed class BatchRun
{
    private readonly PendingImage[] _members;
    private readonly TimeProvider _clock;
    private int _ended;

    /// <param name="place">With an instance in it.</param>
    /// <param name="members">1 … the place's largest batch.</param>
    /// <param name="slots">Compute slots taken for it.</param>
    /// <param name="clock">What it is timed with.</param>
    public BatchRun(MeasuredInstance place, ReadOnlySpan<PendingImage> members, int slots, TimeProvider clock)
    {
        Place = place;
        // Not null: only the holder of a run's slots empties its place.
        Instance = place.Instance!;
        Slots = slots;
        _members = members.ToArray();
        _clock = clock;
        StartedAt = clock.GetTimestamp();
    }

    public MeasuredInstance Place { get; }

    public IModelInstance Instance { get; }

    public int Slots { get; }

    public int Rows => _members.Length;

    /// <summary>Clock timestamp.</summary>
    public long StartedAt { get; private set; }

    /// <summary>Time after which the watchdog abandons it.</summary>
    public TimeSpan Limit { get; set; }

    /// <summary>True for the first caller.</summary>
    public bool TryEnd() => Interlocked.Exchange(ref _ended, 1) == 0;

    public void Fail(Exception failure)
    {
        foreach (PendingImage member in _members) member.Fail(failure);
    }

    public ActivityContext RequestOf(int row) => _members[row].Request;

    /// <summary>
    /// Copies every image into its row and releases its memory, also where a copy fails. The run begins after it.
    /// </summary>
    public void Fill()
    {
        int row = 0;
        try
        {
            for (; row < Rows; row++)
            {
                _members[row].Pixels.CopyTo(Instance.InputRow(row).Span);
                _members[row].ReleaseImage();
            }
        }
        catch
        {
            for (; row < Rows; row++) _members[row].ReleaseImage();
            throw;
        }

        StartedAt = _clock.GetTimestamp();
    }

    /// <summary>
    /// Makes the native call and returns each row to its caller. Where memory runs out, it runs two halves, or a lone image again.
    /// </summary>
    /// <param name="span">Of the run; default where it is not traced.</param>
    /// <returns>Duration of one call on all rows; null where it took two.</returns>
    public TimeSpan? Run(ActivityContext span)
    {
        try
        {
            return RunRows(0, Rows, span);
        }
        catch (Exception failure) when (RunFailedException.IsShortOfMemory(failure))
        {
            int half = (Rows + 1) / 2;
            for (int first = 0; first < Rows; first += half) RunRows(first, Math.Min(half, Rows - first), span);
            return null;
        }
    }

    private TimeSpan RunRows(int first, int count, ActivityContext span)
    {
        for (int row = 0; first > 0 && row < count; row++) Instance.InputRow(first + row).CopyTo(Instance.InputRow(row));
        long startedAt = _clock.GetTimestamp();
        Instance.Run(count);
        TimeSpan runTime = _clock.GetElapsedTime(startedAt);
        for (int row = 0; row < count; row++)
        {
            PendingImage member = _members[first + row];
            TimeSpan queueTime = _clock.GetElapsedTime(member.EnqueuedAt, startedAt);
            member.Complete(new ImageResult(Instance.OutputRow(row), count, queueTime, runTime) { RunSpan = span });
        }

        return runTime;
    }
}
