using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace InferenceApi.Batching;

/// <summary>
/// The bounded queue of one model, counted in images. It refuses when full and never blocks a caller. After a successful enqueue the queue
/// owns the memory and disposes it exactly once on every path: run, failed, expired or cancelled.
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
    /// <param name="rowLength">Floats in one prepared image; other lengths throw.</param>
    /// <param name="clock">Clock of the deadlines.</param>
    public ImageQueue(int capacity, int rowLength, TimeProvider clock)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Capacity = capacity;
        _rowLength = rowLength;
        _clock = clock;
    }

    public int Capacity { get; }

    /// <summary>Completes when the queue is closed.</summary>
    internal Task Closed => _closing.Task;

    /// <summary>Images waiting now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>
    /// Enqueues an image, or refuses at once because the queue is full or closed; the caller then keeps the memory.
    /// </summary>
    /// <param name="image">Exactly one row of floats.</param>
    /// <param name="deadline">Clock timestamp; <see cref="long.MaxValue"/> for none.</param>
    /// <param name="cancellation">
    /// The caller leaves: a waiting image is dropped at once; the answer of a running one is dropped.
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

    /// <summary>Closes the queue. The workers answer what was accepted, and then end.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }

        _closing.TrySetResult();
    }

    /// <summary>Blocks until an image waits (true), or the queue is closed and empty (false).</summary>
    internal bool WaitForFirst()
    {
        lock (_gate)
        {
            while (_first is null && !_closed) Monitor.Wait(_gate);
            return _first is not null;
        }
    }

    /// <summary>
    /// Takes up to <paramref name="limit"/> images, oldest first. Expired ones fail with <see cref="DeadlineExceededException"/> and do not
    /// count.
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
