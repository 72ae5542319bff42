using System.Buffers;

namespace Benchmarks;

/// <summary>The same image again and again, as a pool would give it.</summary>
internal sealed class ReusedImage(int rowLength) : IMemoryOwner<float>
{
    private readonly float[] _values = new float[rowLength];

    public Memory<float> Memory => _values;

    public void Dispose()
    {
    }
}
