using InferenceApi.Runtime;

namespace InferenceApi.Batching;

/// <summary>An instance and how long its runs take.</summary>
/// <param name="Session">Used by one thread at a time.</param>
/// <param name="Curve">Of this instance's runs.</param>
internal sealed record MeasuredInstance(IModelInstance Session, BatchLatencyCurve Curve);
