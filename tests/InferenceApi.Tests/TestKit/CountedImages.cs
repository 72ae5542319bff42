using System.Buffers;

namespace TestKit;

/// <summary>Images whose memory is counted out and in. A buffer is poisoned when it comes back, and may come back only once.</summary>
internal sealed class CountedImages(int rowLength)
{
    private int _out;
    private int _returnedTwice;

    public int Outstanding => Volatile.Read(ref _out);

    /// <summary>An image that is all <paramref name="value"/>.</summary>
    public IMemoryOwner<float> Rent(float value)
    {
        Interlocked.Increment(ref _out);
        var image = new Image(this, rowLength);
        image.Memory.Span.Fill(value);
        return image;
    }

    /// <summary>Fails unless every buffer came back, each once.</summary>
    public void AssertAllReturned()
    {
        Patience.Until(() => Outstanding <= 0, "every buffer came back");
        Assert.Equal(0, Outstanding);
        Assert.Equal(0, Volatile.Read(ref _returnedTwice));
    }

    private sealed class Image(CountedImages owner, int length) : IMemoryOwner<float>
    {
        private readonly float[] _values = new float[length];
        private int _returned;

        public Memory<float> Memory => _values;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _returned, 1) == 1)
            {
                Interlocked.Increment(ref owner._returnedTwice);
                return;
            }

            Array.Fill(_values, float.NaN);
            Interlocked.Decrement(ref owner._out);
        }
    }
}
