using System.Buffers;

namespace Imaging;

/// <summary>
/// One model input: 3 × crop × crop floats, planes in R, G, B order, in pooled pinned memory. The holder owns it; disposing gives the
/// memory back, once, however often it is called. The memory must not be touched afterwards.
/// </summary>
public sealed class PreparedImage : IMemoryOwner<float>
{
    private readonly TensorPool _pool;
    private float[]? _tensor;

    internal PreparedImage(TensorPool pool, float[] tensor, int sourceWidth, int sourceHeight)
    {
        _pool = pool;
        _tensor = tensor;
        SourceWidth = sourceWidth;
        SourceHeight = sourceHeight;
    }

    /// <summary>Width of the uploaded image in pixels, before any resizing.</summary>
    public int SourceWidth { get; }

    /// <summary>Height of the uploaded image in pixels, before any resizing.</summary>
    public int SourceHeight { get; }

    /// <exception cref="ObjectDisposedException">The memory was already given back.</exception>
    public Memory<float> Memory => _tensor ?? throw new ObjectDisposedException(nameof(PreparedImage));

    public void Dispose()
    {
        float[]? tensor = Interlocked.Exchange(ref _tensor, null);
        if (tensor is not null) _pool.Return(tensor);
    }
}
