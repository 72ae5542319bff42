using System.Diagnostics.CodeAnalysis;

namespace InferenceApi.Runtime;

/// <summary>
/// ONNX Runtime's cudnn_conv_algo_search. Since 1.20 it chooses cuDNN's heuristic, and nothing is timed: exhaustive is mode B, heuristic
/// mode A, default cuDNN's fallback list.
/// </summary>
[SuppressMessage("Naming", "CA1720", Justification = "ONNX Runtime's own names.")]
public enum CudnnSearch
{
    Exhaustive,
    Heuristic,
    Default,
}
