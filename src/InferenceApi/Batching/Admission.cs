using System.Buffers;

namespace InferenceApi.Batching;

/// <summary>
/// Admits a request if the measured curve predicts that it, and everything ahead of it, is answered before its deadline. An admitted image
/// holds a place in the queue from then on, also while it is decoded. An idle model admits every request, one at a time: estimates are
/// corrected by admitted requests only, so a wrong one could otherwise refuse every request that would correct it.
/// </summary>
public sealed class Admission
{
    private readonly Lock _gate = new();
    private readonly ImageQueue _queue;
    private readonly RunTimeModel _runTimes;
    private readonly ComputeSlots _slots;
    private readonly BatchWorker[] _workers;
    private readonly TimeProvider _clock;
    private readonly WaitEstimateMargin _margin;
    private int _reserved;

    internal Admission(ImageQueue queue, RunTimeModel runTimes, ComputeSlots slots, BatchWorker[] workers, TimeProvider clock)
    {
        _queue = queue;
        _runTimes = runTimes;
        _slots = slots;
        _workers = workers;
        _clock = clock;
        _margin = new WaitEstimateMargin(clock);
    }

    /// <summary>Images admitted and not yet enqueued: being read, decoded or prepared.</summary>
    public int Reserved => Volatile.Read(ref _reserved);

    /// <summary>Refuses a request that would miss its deadline if it arrived now. Takes no place.</summary>
    /// <param name="deadline">Clock timestamp; <see cref="long.MaxValue"/> for none.</param>
    /// <param name="preparation">What decoding and preparing will take, waiting for it included.</param>
    /// <param name="preparing">Whether pictures, of any model, are being prepared or wait for it.</param>
    /// <exception cref="OverloadedException">It would not be answered in time, or the queue is full.</exception>
    public void Check(long deadline, TimeSpan preparation, bool preparing = false) =>
        Check(1, _queue.Count + Reserved, deadline, preparation, preparing);

    /// <summary>Takes places for all of the images, or refuses at once.</summary>
    /// <param name="images">1 … the queue's capacity; more can never be admitted in one request.</param>
    /// <param name="deadline">Clock timestamp; <see cref="long.MaxValue"/> for none.</param>
    /// <param name="preparation">What decoding and preparing all of them will take, waiting for it included.</param>
    /// <param name="preparing">Whether pictures, of any model, are being prepared or wait for it.</param>
    /// <exception cref="OverloadedException">They would not be answered in time, or the queue is full.</exception>
    public AdmissionTicket Admit(int images, long deadline, TimeSpan preparation, bool preparing = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(images, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(images, _queue.Capacity);
        lock (_gate)
        {
            Check(images, _queue.Count + _reserved, deadline, preparation, preparing);
            _reserved += images;
        }

        return new AdmissionTicket(this, images, deadline);
    }

    /// <summary>Estimated time until images that arrive now are answered; admission compares it with the deadline.</summary>
    /// <param name="images">How many.</param>
    /// <param name="preparation">What decoding and preparing all of them will take, waiting for it included.</param>
    public TimeSpan Estimate(int images, TimeSpan preparation) => Estimate(images, _queue.Count + Reserved, preparation);

    /// <summary>Time until the last of <paramref name="images"/> waiting images is answered, the current run included.</summary>
    public TimeSpan EstimateWait(int images)
    {
        int waitsForSlot = 0;
        bool someBusy = false;
        TimeSpan first = TimeSpan.MaxValue, blocked = TimeSpan.Zero;
        foreach (BatchWorker worker in _workers)
        {
            if (worker.WaitsForSlot) waitsForSlot++;
            TimeSpan left = worker.Remaining(out bool blocksOthers);
            if (blocksOthers) blocked = left;
            else if (left > TimeSpan.Zero) someBusy = true;
            if (left < first) first = left;
        }

        // A run that takes every slot blocks the idle workers.
        TimeSpan remaining = blocked > first ? blocked : first;
        // Queued workers of other models run between ours; their runs are assumed to take as long as ours.
        int others = Math.Max(0, _slots.Waiting - waitsForSlot);
        return remaining + (_runTimes.EstimateAll(images, someBusy || others > 0) * (1 + ((double)others / _slots.Count)));
    }

    /// <summary>Enqueues an admitted image, and corrects the estimates when it is answered.</summary>
    internal async Task<ImageResult> EnqueueAsync(IMemoryOwner<float> image, long deadline, CancellationToken cancellation)
    {
        long enqueuedAt = _clock.GetTimestamp();
        TimeSpan estimated = EstimateWait(_queue.Count + 1);
        Task<ImageResult> answer = Enqueue(image, deadline, cancellation);
        try
        {
            ImageResult result = await answer.ConfigureAwait(false);
            _margin.Observe(estimated, result.QueueTime + result.RunTime);
            return result;
        }
        catch (Exception) when (_clock.GetTimestamp() >= deadline)
        {
            _margin.Observe(estimated, _clock.GetElapsedTime(enqueuedAt));
            throw;
        }
    }

    internal void Return(int images)
    {
        lock (_gate) _reserved -= images;
    }

    /// <summary>The place is released only after the image is enqueued, so that no other request can take it in between.</summary>
    private Task<ImageResult> Enqueue(IMemoryOwner<float> image, long deadline, CancellationToken cancellation)
    {
        bool accepted = false;
        try
        {
            accepted = _queue.TryEnqueue(image, deadline, cancellation, out Task<ImageResult> answer);
            return accepted ? answer : throw new QueueClosedException();
        }
        finally
        {
            Return(1);
            if (!accepted) image.Dispose();
        }
    }

    private TimeSpan Estimate(int images, int ahead, TimeSpan preparation) => (EstimateWait(ahead + images) + preparation) * _margin.Value;

    private void Check(int images, int ahead, long deadline, TimeSpan preparation, bool preparing)
    {
        TimeSpan wait = Estimate(images, ahead, preparation);
        int excess = ahead + images - _queue.Capacity;
        if (excess > 0) throw new OverloadedException(wait, AtLeastOneRun(EstimateWait(excess)));
        if (deadline == long.MaxValue || (!preparing && ahead == 0 && !IsRunning)) return;
        if (wait - _clock.GetElapsedTime(_clock.GetTimestamp(), deadline) is { Ticks: > 0 } late)
            throw new OverloadedException(wait, AtLeastOneRun(late));
    }

    private bool IsRunning => Array.Exists(_workers, worker => worker.IsBusy);

    private TimeSpan AtLeastOneRun(TimeSpan time)
    {
        TimeSpan run = _runTimes.LoneRun;
        return time > run ? time : run;
    }
}
