namespace InferenceApi.Telemetry;

/// <summary>
/// Where one image's time went, in milliseconds, and the size of the batch it ran in. For several images the longest stage of
/// any of them counts: that is what the caller waited for.
/// </summary>
/// <param name="Decode">Entropy decoding and colour conversion.</param>
/// <param name="Prepare">Resize, crop and normalise.</param>
/// <param name="Queue">From the end of preparation to the start of the run.</param>
/// <param name="Run">The native call, shared by the whole batch.</param>
/// <param name="Rank">Softmax and top-k.</param>
/// <param name="Batch">Images in the run.</param>
public readonly record struct StageTimings(double Decode, double Prepare, double Queue, double Run, double Rank, int Batch)
{
    /// <summary>The longest of each stage.</summary>
    public static StageTimings Longest(in StageTimings a, in StageTimings b) => new(
        Math.Max(a.Decode, b.Decode),
        Math.Max(a.Prepare, b.Prepare),
        Math.Max(a.Queue, b.Queue),
        Math.Max(a.Run, b.Run),
        Math.Max(a.Rank, b.Rank),
        Math.Max(a.Batch, b.Batch));
}
