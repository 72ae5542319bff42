using System.Collections;

namespace InferenceApi.Classification;

/// <summary>Reads the body of one request, once, as its protocol has it. What it returns is the caller's to dispose.</summary>
public delegate ValueTask<EncodedImages> ImageReader(CancellationToken cancellation);

/// <summary>
/// The images of one request, at least one once they are read, in the request's order; disposing gives back their memory.
/// </summary>
public sealed class EncodedImages : IReadOnlyList<EncodedImage>, IDisposable
{
    private readonly List<EncodedImage> _images = [];

    public int Count => _images.Count;

    /// <summary>Size of all files.</summary>
    public long Bytes => _images.Sum(image => (long)image.File.Memory.Length);

    /// <summary>How many classes to answer, where the body says so; null where it does not.</summary>
    public int? TopK { get; set; }

    public EncodedImage this[int index] => _images[index];

    /// <summary>Takes an image over.</summary>
    public void Add(EncodedImage image) => _images.Add(image);

    public void Dispose()
    {
        foreach (EncodedImage image in _images) image.Dispose();
        _images.Clear();
    }

    public IEnumerator<EncodedImage> GetEnumerator() => _images.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
