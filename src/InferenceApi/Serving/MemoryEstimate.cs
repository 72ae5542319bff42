using InferenceApi.Runtime;
using ModelStore;

namespace InferenceApi.Serving;

/// <summary>
/// What a loaded model takes. Reckoned rather than measured: resident memory is shared with everything else that happens meanwhile.
/// </summary>
internal static class MemoryEstimate
{
    // Convolution weights are kept once, in the layout of the processor; padding of thin channels and the graph itself come on top.
    private const double WeightsFactor = 1.15;

    /// <summary>
    /// Weights, and the input and output rows of every session. Activations are shared by all models and not counted here. On GPUs every
    /// session has the weights for itself, once or for every batch size, on its device, and rows lie on both sides.
    /// </summary>
    public static long Of(ModelManifest manifest, RuntimeOptions options)
    {
        options = options.For(options.OnGpu ? options.Provider : ExecutionProvider.Cpu);
        long row = sizeof(float) * ((long)manifest.Preprocessing.TensorLength + manifest.Classes), rows = options.MaxBatch * row;
        // Where the service adapts, the session on all cores takes fewer images than there are cores, the others one each.
        if (!options.OnGpu)
            return (long)(manifest.Model.Bytes * WeightsFactor) + (options.IsAdaptive ? (Math.Min(options.MaxBatch, options.ComputeSlots - 1) + options.ComputeSlots) * row : options.Sessions * rows);
        int copies = options.Cuda.Graphs ? 1 : BatchLadder.Gpu(options.MaxBatch).Sizes.Count;
        return options.DeviceIds.Count * options.Sessions * ((copies * manifest.Model.Bytes) + (2 * rows));
    }
}
