using System.Buffers;

namespace InferenceApi.Classification;

/// <summary>One image as it arrived; disposing it gives its memory back.</summary>
/// <param name="Name">The file name that the client gave, or null.</param>
/// <param name="File">The encoded bytes; owned by whoever holds this.</param>
/// <param name="Failure">
/// The image could not be taken out of its request (its base64 is invalid, say); the others could. Null where it could.
/// </param>
public sealed record EncodedImage(string? Name, IMemoryOwner<byte> File, Exception? Failure = null) : IDisposable
{
    public void Dispose() => File.Dispose();
}
