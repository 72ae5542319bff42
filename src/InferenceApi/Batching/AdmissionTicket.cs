using System.Buffers;

namespace InferenceApi.Batching;

/// <summary>Places in the line for the images of one request. Disposing it gives back those that were not used.</summary>
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

    public void Dispose()
    {
        int left = Interlocked.Exchange(ref _images, 0);
        if (left > 0) _admission.Return(left);
    }

    /// <summary>
    /// Puts one of the images into the line. The place is given back only after the image holds one, so nobody can slip in between.
    /// </summary>
    /// <returns>False where the line is closed; the memory then stays the caller's.</returns>
    internal bool TryEnqueue(ImageQueue queue, IMemoryOwner<float> image, CancellationToken cancellation, out Task<ImageResult> answer)
    {
        if (Interlocked.Decrement(ref _images) < 0)
        {
            Interlocked.Increment(ref _images);
            throw new InvalidOperationException("More images were enqueued than were admitted.");
        }

        try
        {
            return queue.TryEnqueue(image, Deadline, cancellation, out answer);
        }
        finally
        {
            _admission.Return(1);
        }
    }
}
