namespace Imaging;

/// <summary>
/// Keeps a bounded number of pinned float arrays of exactly one length per entry, so that steady state allocates nothing.
/// Thread-safe. Arrays beyond the bound are left to the collector.
/// </summary>
internal sealed class TensorPool(int capacity)
{
    private readonly Lock _gate = new();
    private readonly List<float[]> _kept = new(capacity);
    private int _outstanding;

    /// <summary>Arrays rented and not yet returned; zero when nothing is in flight.</summary>
    public int Outstanding => Volatile.Read(ref _outstanding);

    /// <summary>An array of exactly <paramref name="length"/> elements with unspecified content.</summary>
    public float[] Rent(int length)
    {
        Interlocked.Increment(ref _outstanding);
        return TakeKept(length) ?? GC.AllocateUninitializedArray<float>(length, pinned: true);
    }

    public void Return(float[] tensor)
    {
        Interlocked.Decrement(ref _outstanding);
        lock (_gate)
        {
            if (_kept.Count < capacity) _kept.Add(tensor);
        }
    }

    private float[]? TakeKept(int length)
    {
        lock (_gate)
        {
            for (int i = _kept.Count - 1; i >= 0; i--)
            {
                if (_kept[i].Length != length) continue;
                float[] tensor = _kept[i];
                _kept.RemoveAt(i);
                return tensor;
            }

            // A full pool of other lengths would never serve this one: make room.
            if (_kept.Count == capacity && capacity > 0) _kept.RemoveAt(0);
            return null;
        }
    }
}
