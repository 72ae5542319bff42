using Microsoft.ML.OnnxRuntime;

namespace InferenceApi.Runtime;

/// <summary>A GPU, or the machine, had no memory for a run.</summary>
public sealed class DeviceMemoryException(string message, Exception? cause = null) : Exception(message, cause)
{
    // ONNX Runtime has no error code for it; these are the words of its arena, of CUDA, cuBLAS and cuDNN.
    private static readonly string[] Words =
        ["failed to allocate memory", "out of memory", "out_of_memory", "available memory of", "alloc_failed"];

    /// <summary>Whether a failed call of ONNX Runtime was short of memory.</summary>
    internal static bool Explains(OnnxRuntimeException failure) => Explains(failure.Message);

    internal static bool Explains(string message) => Words.Any(word => message.Contains(word, StringComparison.OrdinalIgnoreCase));
}
