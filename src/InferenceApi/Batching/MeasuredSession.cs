using InferenceApi.Runtime;

namespace InferenceApi.Batching;

/// <summary>A session and how long its runs take.</summary>
/// <param name="Session">Used by one thread at a time.</param>
/// <param name="Curve">Of this session's runs.</param>
internal sealed record MeasuredSession(IModelSession Session, BatchLatencyCurve Curve);
