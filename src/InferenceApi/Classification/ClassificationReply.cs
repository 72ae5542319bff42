using InferenceApi.Telemetry;
using ModelStore;

namespace InferenceApi.Classification;

/// <summary>The answer to one request, in no protocol yet. At least one image was classified; otherwise the walk throws.</summary>
/// <param name="Manifest">Of the version that answered.</param>
/// <param name="Labels">Its classes, in the order of <see cref="Prediction.Index"/>.</param>
/// <param name="Images">One for each image, in the request's order.</param>
public sealed record ClassificationReply(ModelManifest Manifest, LabelSet Labels, IReadOnlyList<ImageReply> Images);

/// <summary>What became of one image: predictions, or a failure in their place.</summary>
/// <param name="Name">The file name that the client gave, or null.</param>
public sealed record ImageReply(string? Name)
{
    /// <summary>Of the image as it was sent, in pixels; 0 on a failure.</summary>
    public int Width { get; init; }

    /// <summary>Of the image as it was sent, in pixels; 0 on a failure.</summary>
    public int Height { get; init; }

    /// <summary>Most probable first; empty on a failure.</summary>
    public Prediction[] Predictions { get; init; } = [];

    /// <summary>Stages from <see cref="StageTimings.Slot"/> on; zero on a failure.</summary>
    public StageTimings Timings { get; init; }

    /// <summary>Why there are no predictions; null where there are.</summary>
    public Failure? Failure { get; init; }
}
