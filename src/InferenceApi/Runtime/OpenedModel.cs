using ModelStore;

namespace InferenceApi.Runtime;

/// <summary>
/// A model as it was opened. Either all runs are alike; or each instance runs on one core, and one more, which the others' owners share,
/// runs on all of them.
/// </summary>
/// <param name="Provider">What computes it.</param>
/// <param name="Instances">At least one, with rows of the same lengths: as many as run at once.</param>
/// <param name="AllCores">Takes every compute slot for one run; null where all runs are alike.</param>
public sealed record OpenedModel(ExecutionProvider Provider, IReadOnlyList<IModelInstance> Instances, IModelInstance? AllCores = null)
    : IDisposable
{
    // Convolution weights are kept once, in the layout of the processor; padding of thin channels and the graph itself come on top.
    private const double WeightsFactor = 1.15;

    /// <summary>Floats in one prepared image.</summary>
    public int RowLength => Instances[0].RowLength;

    /// <summary>Every instance in memory, the one on all cores first.</summary>
    public IReadOnlyList<IModelInstance> All => AllCores is null ? Instances : [AllCores, .. Instances];

    /// <summary>
    /// Bytes that a model takes: weights, and the input and output rows of every instance. Activations are shared by all models and not
    /// counted here. On GPUs every instance has the weights for itself, once or for every batch size, on its device, and rows lie on both
    /// sides. Estimated, because resident memory is shared with everything else that happens meanwhile.
    /// </summary>
    public static long EstimateMemory(ModelManifest manifest, RuntimePlan plan)
    {
        long row = sizeof(float) * ((long)manifest.Preprocessing.TensorLength + manifest.Classes);
        if (!plan.OnGpu) return (long)(manifest.Model.Bytes * WeightsFactor) + (plan.Rows * row);
        int copies = plan.Cuda.Graphs ? 1 : plan.BatchSizes.Sizes.Count;
        return plan.DeviceIds.Count * plan.Instances * ((copies * manifest.Model.Bytes) + (2 * plan.MaxBatch * row));
    }

    public void Dispose()
    {
        foreach (IModelInstance instance in All) instance.Dispose();
    }

    /// <summary>One instance out of it; the others are closed.</summary>
    /// <param name="index">Of <see cref="Instances"/>; negative: the one on all cores.</param>
    /// <exception cref="NotSupportedException">This time it was opened without such an instance.</exception>
    public IModelInstance Take(int index)
    {
        IModelInstance? kept = index < 0 ? AllCores : Instances.ElementAtOrDefault(index);
        foreach (IModelInstance instance in All)
        {
            if (instance != kept) instance.Dispose();
        }

        return kept ?? throw new NotSupportedException("The model was opened without such an instance.");
    }
}
