namespace InferenceApi.Runtime;

/// <summary>What computes the networks.</summary>
public enum ExecutionProvider
{
    /// <summary>CUDA where it can be used, otherwise the CPU, with a warning that says what CUDA lacks.</summary>
    Auto,

    /// <summary>The processor's cores.</summary>
    Cpu,

    /// <summary>NVIDIA GPUs through CUDA and cuDNN.</summary>
    Cuda,

    /// <summary>NVIDIA GPUs through TensorRT, and through CUDA what TensorRT does not take.</summary>
    TensorRt,
}
