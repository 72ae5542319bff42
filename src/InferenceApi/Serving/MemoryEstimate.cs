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

    /// <summary>Weights, and the input and output rows of every session. Activations are shared by all models and not counted here.</summary>
    public static long Of(ModelManifest manifest, RuntimeOptions options)
    {
        long row = sizeof(float) * ((long)manifest.Preprocessing.TensorLength + manifest.Classes);
        return (long)(manifest.Model.Bytes * WeightsFactor) + (options.Sessions * options.MaxBatch * row);
    }
}
