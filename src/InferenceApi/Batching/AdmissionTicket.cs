using System.Buffers;

namespace InferenceApi.Batching;

/// <summary>Places in the queue for the images of one request. Disposing it releases the unused ones.</summary>
public sealed class AdmissionTicket : IDisposable
{
    private readonly Admission _admission;
    private int _images;

    internal AdmissionTicket(Admission admission, int images, long deadline)
    {
        _admission = admission;
        _images = images;
        Deadline = deadline;
    }

    /// <summary>Clock timestamp; <see cref="long.MaxValue"/> for none.</summary>
    public long Deadline { get; }

    /// <summary>Places not yet used.</summary>
    public int Images => Volatile.Read(ref _images);

    /// <summary>
    /// Enqueues one of the images. The call transfers the memory to the queue in every case, also where it fails. Await the task once; it
    /// ends as <see cref="ImageQueue.TryEnqueue"/> says.
    /// </summary>
    /// <param name="image">Exactly one row of floats.</param>
    /// <param name="cancellation">The caller leaves or runs out of time.</param>
    /// <exception cref="QueueClosedException">The queue takes no more images.</exception>
    /// <exception cref="InvalidOperationException">More images were enqueued than were admitted.</exception>
    public Task<ImageResult> EnqueueAsync(IMemoryOwner<float> image, CancellationToken cancellation)
    {
        if (Interlocked.Decrement(ref _images) >= 0) return _admission.EnqueueAsync(image, Deadline, cancellation);
        Interlocked.Increment(ref _images);
        image.Dispose();
        throw new InvalidOperationException("More images were enqueued than were admitted.");
    }

    public void Dispose()
    {
        int left = Interlocked.Exchange(ref _images, 0);
        if (left > 0) _admission.Return(left);
    }
}
