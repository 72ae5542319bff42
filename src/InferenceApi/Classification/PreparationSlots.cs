namespace InferenceApi.Classification;

/// <summary>
/// Bounds how many pictures are decoded at once to the number of cores, first come first served, and knows how much of that work is
/// waiting: decoding happens before the queue, so admission must count it too.
/// </summary>
public sealed class PreparationSlots(int count, TimeProvider time) : IDisposable
{
    // One in twenty: follows a change of picture sizes within a second of traffic, without following every picture.
    private const double Smoothing = 0.05;

    private readonly SemaphoreSlim _free = new(count, count);
    private int _pending;
    private double _secondsPerImage = 0.003;

    /// <summary>Pictures being decoded or waiting for it.</summary>
    public int Pending => Volatile.Read(ref _pending);

    /// <summary>How long a picture that arrives now will wait for its turn and be prepared, by the measured pace.</summary>
    public TimeSpan Backlog => TimeSpan.FromSeconds((Pending + 1) * Volatile.Read(ref _secondsPerImage) / count);

    /// <summary>Runs the work on a slot, on the calling thread once the slot is free.</summary>
    public async ValueTask<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _pending);
        try
        {
            await _free.WaitAsync(cancellationToken);
            try
            {
                long start = time.GetTimestamp();
                T result = work();
                Learn(time.GetElapsedTime(start).TotalSeconds);
                return result;
            }
            finally
            {
                _free.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
        }
    }

    public void Dispose() => _free.Dispose();

    // A lost update between two threads loses one sample of many; a lock would cost more than it is worth.
    private void Learn(double seconds) =>
        Volatile.Write(ref _secondsPerImage, Volatile.Read(ref _secondsPerImage) * (1 - Smoothing) + seconds * Smoothing);
}
