using System.ComponentModel.DataAnnotations;

namespace InferenceApi.Runtime;

/// <summary>
/// How the CUDA provider runs networks. Defaults are reasoned from published measurements, see docs/adr/0009-gpu.md;
/// benchmarks/Gpu/measure.sh sweeps them on a machine.
/// </summary>
public sealed record CudaOptions
{
    /// <summary>
    /// Whether float32 networks may round products to TF32 (10 bits of mantissa) on tensor cores: several times faster, no longer the CPU's
    /// answer. An fp16 variant of the model is faster still and says what it is.
    /// </summary>
    public bool Tf32 { get; init; }

    /// <summary>
    /// Bytes that one session's arena may take on its GPU; 0: no limit. Weights and staging lie outside the arena. It grows by what is
    /// asked for, not by doubling, and never shrinks.
    /// </summary>
    [Range(0, 1L << 50)]
    public long GpuMemoryLimit { get; init; }

    /// <summary>Which of cuDNN's heuristics picks convolution plans; exhaustive is the most careful one.</summary>
    public CudnnSearch ConvolutionSearch { get; init; } = CudnnSearch.Exhaustive;

    /// <summary>Whether plans may take as much workspace as they like. More workspace admits faster plans.</summary>
    public bool MaxWorkspace { get; init; } = true;

    /// <summary>
    /// Whether convolutions run channels-last. It pays for fp16 on tensor cores and costs transposes in float32: measure.
    /// </summary>
    public bool PreferNhwc { get; init; }

    /// <summary>Whether a convolution and its bias become one kernel beyond what the graph optimiser fuses.</summary>
    public bool FuseConvBias { get; init; }

    /// <summary>
    /// Whether every batch size is captured as one CUDA graph. A replay skips the plan cache of cuDNN, which forgets its plans whenever the
    /// batch size changes, and about a hundred kernel launches. False opens one session for every batch size instead, each with its own
    /// copy of the weights.
    /// </summary>
    public bool Graphs { get; init; } = true;

    /// <summary>The provider options of one device under ONNX Runtime's names.</summary>
    internal Dictionary<string, string> ForDevice(int device)
    {
        var options = new Dictionary<string, string>
        {
            ["device_id"] = device.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["use_tf32"] = Flag(Tf32),
            ["arena_extend_strategy"] = "kSameAsRequested",
            ["cudnn_conv_algo_search"] = ConvolutionSearch.ToString().ToUpperInvariant(),
            ["cudnn_conv_use_max_workspace"] = Flag(MaxWorkspace),
            ["prefer_nhwc"] = Flag(PreferNhwc),
            ["fuse_conv_bias"] = Flag(FuseConvBias),
            ["do_copy_in_default_stream"] = "1",
            ["enable_cuda_graph"] = Flag(Graphs),
        };
        if (GpuMemoryLimit > 0) options["gpu_mem_limit"] = GpuMemoryLimit.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return options;
    }

    private static string Flag(bool value) => value ? "1" : "0";
}
