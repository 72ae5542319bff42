namespace InferenceApi.Runtime.Providers;

/// <summary>A file that a GPU provider needs, and how to come by it. Names are those of ONNX Runtime 1.29's build for CUDA 13.</summary>
/// <param name="Name">File name of the shared library.</param>
/// <param name="Remedy">What to do where it is missing.</param>
internal sealed record ProviderLibrary(string Name, string Remedy)
{
    private const string Pack = "run eng/cuda-feed/pack.sh and build with CUDA=1 (linux-x64 only)";
    private const string Cuda = "install CUDA 13's runtime libraries and name their folders in LD_LIBRARY_PATH";
    private const string Cudnn = "install cuDNN 9 for CUDA 13 and name its folder in LD_LIBRARY_PATH";
    private const string Driver = "install NVIDIA's driver, 580 or newer (a container must be started with GPU access)";
    private const string TensorRt = "install TensorRT 10 for CUDA 13 and name its folder in LD_LIBRARY_PATH";

    /// <summary>The driver's; where it cannot be loaded there is no GPU to use.</summary>
    public const string OfTheDriver = "libcuda.so.1";

    /// <summary>The part of ONNX Runtime that only a build with CUDA=1 has beside its core.</summary>
    public const string OfTheCudaBuild = "libonnxruntime_providers_cuda.so";

    /// <summary>ONNX Runtime's own parts, which must lie beside its core.</summary>
    public static IEnumerable<ProviderLibrary> Bridges(ExecutionProvider provider)
    {
        yield return new("libonnxruntime_providers_shared.so", Pack);
        yield return new(OfTheCudaBuild, Pack);
        if (provider == ExecutionProvider.TensorRt) yield return new("libonnxruntime_providers_tensorrt.so", Pack);
    }

    /// <summary>What the system must offer.</summary>
    public static IEnumerable<ProviderLibrary> OfTheSystem(ExecutionProvider provider)
    {
        yield return new(OfTheDriver, Driver);
        yield return new("libcudart.so.13", Cuda);
        yield return new("libcublasLt.so.13", Cuda);
        yield return new("libcublas.so.13", Cuda);
        yield return new("libcurand.so.10", Cuda);
        yield return new("libcudnn.so.9", Cudnn);
        if (provider != ExecutionProvider.TensorRt) yield break;
        yield return new("libnvinfer.so.10", TensorRt);
        yield return new("libnvonnxparser.so.10", TensorRt);
    }
}
