using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace InferenceApi.Batching;

/// <summary>
/// The bounded line of one model, counted in images. It refuses when full and never makes a caller wait. From a successful enqueue on
/// the memory is the queue's, and is disposed exactly once on every path: run, failed, expired or left.
/// </summary>
public sealed class ImageQueue
{
    // A monitor rather than a Lock, because workers wait on it.
    private readonly object _gate = new();
    private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeProvider _clock;
    private readonly int _rowLength;
    private PendingImage? _first;
    private PendingImage? _last;
    private int _count;
    private bool _closed;

    /// <param name="capacity">Most images waiting; at least 1.</param>
    /// <param name="rowLength">Floats in one prepared image; other lengths are refused as a mistake of the caller.</param>
    /// <param name="clock">Whose timestamps deadlines are.</param>
    public ImageQueue(int capacity, int rowLength, TimeProvider clock)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Capacity = capacity;
        _rowLength = rowLength;
        _clock = clock;
    }

    public int Capacity { get; }

    /// <summary>Completes when it takes no more.</summary>
    internal Task Closed => _closing.Task;

    /// <summary>Images waiting now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>
    /// Takes an image in, or refuses at once because the line is full or closed; then the memory stays the caller's.
    /// </summary>
    /// <param name="image">Exactly one row of floats.</param>
    /// <param name="deadline">Clock timestamp; <see cref="long.MaxValue"/> for none.</param>
    /// <param name="cancellation">
    /// The caller leaving: an image that still waits is dropped at once; one that runs is run, and its answer dropped.
    /// </param>
    /// <param name="answer">Fails with <see cref="DeadlineExceededException"/>, <see cref="RunFailedException"/> or cancellation.</param>
    public bool TryEnqueue(IMemoryOwner<float> image, long deadline, CancellationToken cancellation, out Task<ImageResult> answer)
    {
        if (image.Memory.Length != _rowLength)
            throw new ArgumentException($"The image has {image.Memory.Length} floats; the model takes {_rowLength}.", nameof(image));

        var pending = new PendingImage(image, _clock.GetTimestamp(), deadline);
        answer = pending.Answer;
        lock (_gate)
        {
            if (_closed || _count >= Capacity) return false;
            Append(pending);
            Monitor.Pulse(_gate);
        }

        if (cancellation.CanBeCanceled) answer = AnswerOrLeave(pending, cancellation);
        return true;
    }

    /// <summary>Refuses from now on. What was accepted stays and is answered by the workers, which then end.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }

        _closing.TrySetResult();
    }

    /// <summary>Blocks until an image waits (true), or the line is closed and empty (false).</summary>
    internal bool WaitForFirst()
    {
        lock (_gate)
        {
            while (_first is null && !_closed) Monitor.Wait(_gate);
            return _first is not null;
        }
    }

    /// <summary>
    /// Takes up to <paramref name="limit"/> images, oldest first; those past their deadline are answered so and not counted.
    /// </summary>
    internal int Drain(PendingImage[] batch, int limit)
    {
        long now = _clock.GetTimestamp();
        int rows = 0;
        while (rows < limit && TryTake(out PendingImage? pending))
        {
            if (pending.Deadline > now)
            {
                batch[rows++] = pending;
                continue;
            }

            pending.ReleaseImage();
            pending.Fail(new DeadlineExceededException());
        }

        return rows;
    }

    private async Task<ImageResult> AnswerOrLeave(PendingImage pending, CancellationToken cancellation)
    {
        CancellationTokenRegistration registration = cancellation.UnsafeRegister(
            static (state, token) =>
            {
                var (queue, pending) = ((ImageQueue, PendingImage))state!;
                queue.Leave(pending, token);
            },
            (this, pending));
        try
        {
            return await pending.Answer.ConfigureAwait(false);
        }
        finally
        {
            registration.Unregister();
        }
    }

    private void Leave(PendingImage pending, CancellationToken cancellation)
    {
        bool waited;
        lock (_gate)
        {
            waited = pending.IsQueued;
            if (waited) Unlink(pending);
        }

        if (waited) pending.ReleaseImage();
        pending.Cancel(cancellation);
    }

    private bool TryTake([NotNullWhen(true)] out PendingImage? pending)
    {
        lock (_gate)
        {
            pending = _first;
            if (pending is null) return false;
            Unlink(pending);
            return true;
        }
    }

    private void Append(PendingImage pending)
    {
        pending.Previous = _last;
        if (_last is null) _first = pending;
        else _last.Next = pending;
        _last = pending;
        pending.IsQueued = true;
        _count++;
    }

    private void Unlink(PendingImage pending)
    {
        if (pending.Previous is null) _first = pending.Next;
        else pending.Previous.Next = pending.Next;
        if (pending.Next is null) _last = pending.Previous;
        else pending.Next.Previous = pending.Previous;
        pending.Previous = pending.Next = null;
        pending.IsQueued = false;
        _count--;
    }
}
