using InferenceApi.Endpoints.Problems;

namespace InferenceApi.Endpoints.Uploads;

/// <summary>One picture as it arrived.</summary>
/// <param name="Name">The file name the client gave, or null.</param>
/// <param name="Bytes">The encoded picture; owned by whoever holds this.</param>
/// <param name="Failure">The picture could not even be taken out of the request (invalid base64, say); the others can.</param>
internal sealed record UploadedImage(string? Name, PooledBytes Bytes, Problem? Failure = null) : IDisposable
{
    public void Dispose() => Bytes.Dispose();
}
