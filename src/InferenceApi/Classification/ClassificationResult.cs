using InferenceApi.Telemetry;

namespace InferenceApi.Classification;

/// <summary>What one picture shows, according to one model.</summary>
/// <param name="Width">Of the picture as it was sent, in pixels.</param>
/// <param name="Height">Of the picture as it was sent, in pixels.</param>
/// <param name="Predictions">Most probable first.</param>
/// <param name="Timings">Where the time went.</param>
public sealed record ClassificationResult(int Width, int Height, Prediction[] Predictions, StageTimings Timings);
